import ContactInterface
import ISO7816
import Testing

@Suite struct ContactPortTests {
    @Test func `contacts are numbered as in the standard`() {
        #expect(Contact.allCases.map(\.rawValue) == Array(1...8))
        #expect(Contact.io.rawValue == 7)
        #expect("\(Contact.clk)" == "C3 CLK")
    }

    @Test func `an empty port cannot be activated`() {
        let error = #expect(throws: CardError.self) { try ContactPort().activate() }
        #expect(error?.code == .noCard)
    }

    @Test func `the clock may run for years`() {
        let port = ContactPort()
        port.startClock(kilohertz: 3_000)
        let seconds = 20 * 365 * 86_400
        port.wait(nanoseconds: UInt64(seconds) * 1_000_000_000)
        #expect(port.clockPeriods == seconds * 3_000_000)
        port.run(periods: 1)
        // A third of a microsecond, rounded up.
        #expect(port.now == UInt64(seconds) * 1_000_000_000 + 334)
        port.run(periods: seconds * 3_000_000 - 1)
        #expect(port.now == UInt64(seconds) * 2_000_000_000)
    }

    @Test func `nothing is driven without power`() {
        let bench = TwoWireBench()
        #expect(throws: CardError.self) { try bench.port.drive(.clk, .high) }
    }

    @Test func `power is no signal`() throws {
        let bench = TwoWireBench()
        try bench.port.activate()
        let error = #expect(throws: CardError.self) { try bench.port.drive(.vcc, .low) }
        #expect(error?.code == .unsupported)
    }

    @Test func `contacts come and go in the standard's order`() throws {
        let bench = TwoWireBench()
        var seen: [String] = []
        bench.port.observer = { contact, level, _ in seen.append("\(contact.rawValue)\(level == .high ? "H" : "L")") }
        try bench.port.activate()
        try bench.port.drive(.rst, .high)
        try bench.port.drive(.clk, .high)
        try bench.port.deactivate()
        // VCC, I/O released; RST, CLK as driven; RST low, CLK low, I/O low, VCC off.
        #expect(seen == ["1H", "7H", "2H", "3H", "2L", "3L", "7L", "1L"])
    }

    @Test func `a card that is pushed out loses power`() throws {
        let bench = TwoWireBench()
        try (try TwoWireReader(bench.port)).presentRightCode()
        bench.port.insert(TwoWireBench().card)
        bench.port.insert(bench.card)
        let again = try TwoWireReader(bench.port)
        #expect(throws: MemoryCardError.self) { try again.update(40, [1]) }
    }

    @Test func `a card that is pulled loses power`() throws {
        let bench = TwoWireBench()
        let memory = try TwoWireReader(bench.port)
        try memory.presentRightCode()
        bench.port.remove()
        #expect(!bench.port.isCardPresent)
        #expect(throws: MemoryCardError.self) { try memory.readMain(0, count: 1) }
        bench.port.insert(bench.card)
        let again = try TwoWireReader(bench.port)
        let error = #expect(throws: MemoryCardError.self) { try again.update(40, [1]) }
        #expect(error?.code == .notWritten)
    }
}
