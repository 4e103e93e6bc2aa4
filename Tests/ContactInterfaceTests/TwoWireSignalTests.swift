import ContactInterface
import Testing

/// The card alone, its contacts driven step by step as in the data sheet.
@Suite struct TwoWireSignalTests {
    private let bench = TwoWireBench()
    private var port: ContactPort { bench.port }

    private func pulse() throws {
        try port.drive(.clk, .high)
        try port.drive(.clk, .low)
    }

    private func bits(_ count: Int) throws -> String {
        var text = ""
        for _ in 0..<count {
            text += port.io == .high ? "1" : "0"
            try pulse()
        }
        return text
    }

    /// `bits` as on the line, first to last, between a start and a stop condition.
    private func command(_ bits: String) throws {
        try port.drive(.clk, .high)
        try port.drive(.io, .low)
        try port.drive(.clk, .low)
        for bit in bits where bit != " " {
            try port.drive(.io, bit == "1" ? .high : .low)
            try pulse()
        }
        try port.drive(.io, .low)
        try port.drive(.clk, .high)
        try port.drive(.io, .high)
        try port.drive(.clk, .low)
    }

    @Test func `the answer to reset comes lowest bit first`() throws {
        try port.activate()
        try port.drive(.rst, .high)
        try pulse()
        try port.drive(.rst, .low)
        // A2 13 10 91
        #expect(try bits(32) == "01000101" + "11001000" + "00001000" + "10001001")
        // The 33rd pulse released the line.
        #expect(port.io == .high)
    }

    @Test func `reset without a clock pulse gives nothing`() throws {
        try port.activate()
        try port.drive(.rst, .high)
        try port.drive(.rst, .low)
        #expect(try bits(8) == "11111111")
    }

    @Test func `security memory shows the counter and no code`() throws {
        try port.activate()
        // 31, address and data without effect
        try command("10001100 00000000 00000000")
        #expect(try bits(32) == "11100000" + "00000000" + "00000000" + "00000000")
        #expect(port.io == .high)
    }

    @Test func `main memory is read from the address on`() throws {
        try port.activate()
        // 30 05
        try command("00001100 10100000 00000000")
        #expect(try bits(16) == "10100000" + "01100000")
    }

    @Test func `a command of 23 bits is none`() throws {
        try port.activate()
        try command("10001100 00000000 0000000")
        #expect(try bits(16) == "1111111111111111")
    }

    @Test func `a break ends what is given`() throws {
        try port.activate()
        try command("00001100 10100000 00000000")
        #expect(try bits(3) == "101")
        try port.drive(.rst, .high)
        try port.drive(.rst, .low)
        #expect(try bits(8) == "11111111")
    }

    /// A running clock takes effect without a contact change.
    @Test func `a clock that runs processes`() throws {
        try port.activate()
        // 39 00 03: a bit of the error counter is written to 0.
        try command("10011100 00000000 11000000")
        port.startClock(kilohertz: 50)
        port.run(periods: 100)
        #expect(port.io == .low && bench.card.errorCounter == 7)
        port.run(periods: 30)
        #expect(port.io == .high && bench.card.errorCounter == 3)
    }

    @Test(arguments: [(UInt8(0xFF), 124), (0x00, 124), (0x55, 255)])
    func `processing takes the pulses of the data sheet`(
        value: UInt8, pulses: Int
    ) throws {
        try TwoWireReader(port).presentRightCode()
        // 38, address 20 (14), which holds 14: FF only erases, 00 only writes, 55 does both.
        let data = (0..<8).map { value >> UInt8($0) & 1 == 1 ? "1" : "0" }.joined()
        try command("00011100 00101000 \(data)")
        var count = 0
        while port.io == .low {
            try pulse()
            count += 1
            try #require(count < 1000)
        }
        #expect(count == pulses)
        #expect(bench.card.main[20] == value)
    }
}
