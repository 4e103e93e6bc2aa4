import CardIOTesting
import ContactInterface
import Diagnostics
import ISO7816
import Testing

/// An asynchronous card at the contacts: sequences, resets, classes and clock of ISO/IEC 7816-3, clause 6.
@Suite struct AsynchronousPortTests {
    static func answer(_ change: (inout AnswerToReset.Builder) -> Void = { _ in }) throws -> [UInt8] {
        var builder = AnswerToReset.Builder(protocols: [1])
        change(&builder)
        return try builder.build().bytes
    }

    static func card(
        _ answer: [UInt8]? = nil, _ change: (inout AsynchronousCard.Configuration) -> Void = { _ in }
    ) throws -> AsynchronousCard {
        var configuration = AsynchronousCard.Configuration()
        configuration.answerToReset = answer
        change(&configuration)
        return try AsynchronousCard(ReferenceCard(), configuration: configuration)
    }

    static func port(_ card: any ContactCard, hasProgrammingVoltage: Bool = false) -> ContactPort {
        let port = ContactPort(hasProgrammingVoltage: hasProgrammingVoltage)
        port.insert(card)
        return port
    }

    private let count: CommandAPDU

    init() throws { count = try CommandAPDU([0x80, 0x14, 0x00, 0x00, 0x04]) }

    /// The contact changes, without characters on I/O, in the order of the standard's figures.
    private func trace(_ port: ContactPort, _ body: () throws -> Void) rethrows -> [String] {
        var seen: [String] = []
        port.observer = { contact, level, _ in
            if contact != .io || port.levels.clockFrequency == nil {
                seen.append("\(contact.rawValue)\(level == .high ? "H" : "L")")
            }
        }
        defer { port.observer = nil }
        try body()
        return seen
    }

    @Test(arguments: [false, true]) func `contacts come and go in the standard's order`(hasProgrammingVoltage: Bool)
        throws
    {
        let card = try Self.card()
        let port = Self.port(card, hasProgrammingVoltage: hasProgrammingVoltage)
        var slot: ContactSlot?
        let coming = try trace(port) { slot = try ContactSlot(port) }
        #expect(coming == ["1H", "7H"] + (hasProgrammingVoltage ? ["6H"] : []) + ["3H", "2H"])
        let warm = try trace(port) { try slot?.reset(.warm) }
        #expect(warm == ["2L", "2H"])
        let going = trace(port) { slot?.deactivate() }
        #expect(going == ["2L", "3L"] + (hasProgrammingVoltage ? ["6L"] : []) + ["7L", "1L"])
        #expect(card.violations == [])
    }

    @Test func `resets last 400 clock periods`() throws {
        let port = Self.port(try Self.card())
        var edges: [(Contact, Level, Int)] = []
        port.observer = { contact, level, _ in
            if contact == .rst || contact == .clk { edges.append((contact, level, port.clockPeriods)) }
        }
        let slot = try ContactSlot(port)
        try slot.reset(.warm)
        // CLK starts, RST high; RST low, RST high.
        #expect(edges.map(\.0) == [.clk, .rst, .rst, .rst])
        #expect(edges[1].2 - edges[0].2 == 400)
        #expect(edges[3].2 - edges[2].2 == 400)
    }

    /// The answer starts 400 to 40,000 clock periods after the edge of RST; a later one is not accepted.
    @Test(arguments: [(400, true), (40_000, true), (45_000, false)])
    func `the answer comes in time`(delay: Int, isIn: Bool) throws {
        let port = Self.port(try Self.card { $0.end.delay = delay })
        if isIn {
            var first: Int?
            let frequency: UInt64 = 4_000
            port.observer = { contact, level, now in
                if contact == .io, level == .low, first == nil { first = Int(now * frequency / 1_000_000) }
            }
            let slot = try ContactSlot(port)
            port.observer = nil
            // 100 µs of VCC and 10 ms of pause without a clock, then the reset.
            #expect(try #require(first) - 40_400 - 400 == delay)
            #expect(slot.answerToReset != nil)
        } else {
            #expect(throws: CardError(.cardUnresponsive, subject: "")) { try ContactSlot(port) }
            #expect(!port.levels.isPowered)
        }
    }

    @Test func `a warm reset forgets and leaves the supply on`() throws {
        let port = Self.port(try Self.card())
        let slot = try ContactSlot(port)
        for kind in [ResetKind.warm, .cold] {
            #expect(try slot.transmit(count).data.elementsEqual([0, 0, 0, 1]))
            #expect(try slot.transmit(count).data.elementsEqual([0, 0, 0, 2]))
            let vcc = try trace(port) { try slot.reset(kind) }.filter { $0.hasPrefix("1") }
            #expect(vcc == (kind == .warm ? [] : ["1L", "1H"]))
        }
        #expect(try slot.transmit(count).data.elementsEqual([0, 0, 0, 1]))
    }

    // MARK: Classes

    @Test(arguments: OperatingClass.allCases) func `a mute card gets the next class`(supply: OperatingClass) throws {
        let card = try Self.card { $0.classes = [supply] }
        let slot = try ContactSlot(Self.port(card))
        #expect(slot.operatingClass == supply)
        #expect(card.violations == [])
    }

    /// The card answers at 1.8 V and indicates 3 V or 5 V.
    @Test(
        arguments: [
            (.fiveVolts, .a), (.threeVolts, .b), ([.fiveVolts, .threeVolts], .b),
            (.oneEightVolts, .c), ([.fiveVolts, .oneEightVolts], .c),
        ] as [(AnswerToReset.OperatingClasses, OperatingClass)])
    func `the class indicator is followed`(named: AnswerToReset.OperatingClasses, supply: OperatingClass) throws {
        let answer = try Self.answer { $0.operatingClasses = named }
        let card = try Self.card(answer) { $0.classes = Set(OperatingClass.allCases) }
        let slot = try ContactSlot(Self.port(card))
        #expect(slot.operatingClass == supply)
        #expect(try slot.transmit(count).status == .success)
        #expect(card.violations == [])
    }

    @Test func `a card that names no class keeps the one in which it answered`() throws {
        let slot = try ContactSlot(Self.port(try Self.card()))
        #expect(slot.operatingClass == .c)
    }

    @Test func `without a class in common the contacts go off`() throws {
        var configuration = ContactSlot.Configuration()
        configuration.classes = [.c]
        let answer = try Self.answer { $0.operatingClasses = .fiveVolts }
        let port = Self.port(try Self.card(answer) { $0.classes = Set(OperatingClass.allCases) })
        let error = #expect(throws: CardError.self) { try ContactSlot(port, configuration: configuration) }
        #expect(error?.code == .unsupported && error?.description.contains("class") == true)
        #expect(!port.levels.isPowered)
    }

    // MARK: The clock

    @Test(arguments: [AnswerToReset.ClockStop.low, .high, .either]) func `the clock stops`(at: AnswerToReset.ClockStop)
        throws
    {
        let card = try Self.card(try Self.answer { $0.stopsClock(at) })
        let port = Self.port(card)
        let slot = try ContactSlot(port)
        for _ in 0..<2 {
            try slot.stopClock()
            #expect(port.levels.clockFrequency == nil && port.levels.clk == (at == .high ? .high : .low))
            let stopped = port.clockPeriods
            port.wait(nanoseconds: 1_000_000_000)
            #expect(port.clockPeriods == stopped)
            #expect(try slot.transmit(count).status == .success)
        }
        try slot.stopClock()
        try slot.reset(.warm)
        #expect(try slot.transmit(count).status == .success)
        try slot.stopClock()
        slot.deactivate()
        #expect(card.violations == [])
    }

    @Test func `the clock of a card that cannot stand it goes on`() throws {
        let slot = try ContactSlot(Self.port(try Self.card()))
        #expect(throws: CardError(.unsupported, subject: "")) { try slot.stopClock() }
        #expect(try slot.transmit(count).status == .success)
    }

    // MARK: Insertion and removal

    @Test func `the switch tells of cards`() throws {
        let port = Self.port(try Self.card())
        let slot = try ContactSlot(port)
        let other = try Self.card()
        port.insert(other)
        port.remove()
        let reported = port.dequeuePresences().map { if case .inserted = $0 { "in" } else { "out" } }
        #expect(reported == ["in", "out", "in", "out"])
        #expect(port.dequeuePresences().isEmpty)
        #expect(throws: CardError(.noCard, subject: "")) { try slot.transmit(count) }
        #expect(throws: CardError(.noCard, subject: "")) { try slot.reset() }
        port.insert(other)
        #expect(throws: CardError(.cardRemoved, subject: "")) { try slot.transmit(count) }
        try slot.reset()
        #expect(try slot.transmit(count).data.elementsEqual([0, 0, 0, 1]))
        #expect(other.violations == [])
    }

    /// Pulled at every contact change, including activation and both resets: an error each time, never a hang, and
    /// everything works once the card is inserted again.
    @Test(arguments: [0, 1] as [UInt8]) func `a card is pulled at every change`(protocolNumber: UInt8) throws {
        let answer = try Self.answer { $0 = AnswerToReset.Builder(protocols: [protocolNumber]) }
        func session(_ port: ContactPort) throws {
            let slot = try ContactSlot(port)
            _ = try GetResponseChannel(slot).transmit(CommandAPDU([0x80, 0x12, 0x90, 0x00]))
            slot.deactivate()
        }
        let changes = try Self.port(try Self.card(answer)).counted(session)
        #expect(changes > 40)
        for number in 1..<changes {
            let card = try Self.card(answer)
            let port = Self.port(card)
            port.pullCard(atChange: number)
            do {
                try session(port)
            } catch let error as CardError {
                #expect(error.code == .cardRemoved || error.code == .noCard)
            }
            #expect(!port.isCardPresent && !port.levels.isPowered)
            port.observer = nil
            port.insert(card)
            let slot = try GetResponseChannel(ContactSlot(port))
            #expect(try slot.transmit(CommandAPDU([0x80, 0x12, 0x90, 0x00])).status == .success)
            #expect(card.violations == [])
        }
    }
}

extension AnswerToReset.Builder {
    /// Indicates every class, since the clock stop indicator is in the same byte.
    mutating func stopsClock(_ state: AnswerToReset.ClockStop) {
        operatingClasses = [.fiveVolts, .threeVolts, .oneEightVolts]
        clockStop = state
    }
}

extension ContactPort {
    /// How many levels `body` changes.
    func counted(_ body: (ContactPort) throws -> Void) rethrows -> Int { try changes { try body(self) } }
}
