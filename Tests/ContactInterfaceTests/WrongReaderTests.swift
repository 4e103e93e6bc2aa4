import CardIOTesting
import ContactInterface
import ISO7816
import Testing

/// Readers that break the sequences of ISO/IEC 7816-3, clause 6: the card records the violation, and is silent.
@Suite struct WrongReaderTests {
    private func card(_ clockStop: AnswerToReset.ClockStop = .notSupported) throws -> AsynchronousCard {
        try AsynchronousPortTests.card(try AsynchronousPortTests.answer { $0.stopsClock(clockStop) })
    }

    /// Whether the card starts to answer within 40,000 clock periods.
    private func answers(_ port: ContactPort, _ card: AsynchronousCard) -> Bool {
        card.nextTime.map { $0 <= port.clockPeriods + 40_000 } ?? false
    }

    /// The correct sequence, step by step, with one step omitted, doubled or moved.
    private func activate(_ port: ContactPort, _ steps: [String]) {
        for step in steps {
            switch step {
            case "vcc": port.force(supply: .a)
            case "io": port.force(.io, .high)
            case "clk": port.startClock(kilohertz: 4_000)
            case "fast": port.startClock(kilohertz: 6_000)
            case "400": port.run(periods: 400)
            case "399": port.run(periods: 399)
            case "rst": port.force(.rst, .high)
            case "low": port.force(.rst, .low)
            case "3V": port.force(supply: .b)
            default: Issue.record("no step \(step)")
            }
        }
    }

    @Test(
        arguments: [
            (["vcc", "io", "clk", "400", "rst"], []),
            (["vcc", "io", "clk", "400", "rst", "low", "400", "rst"], []),
            (["io", "vcc", "clk", "400", "rst"], [.signalWithoutSupply(.io)]),
            (["rst", "vcc", "io", "clk", "400"], [.signalWithoutSupply(.rst)]),
            (["clk", "vcc", "io", "400", "rst"], [.signalWithoutSupply(.clk)]),
            (["vcc", "clk", "io", "400", "rst"], [.clockBeforeReception]),
            (["vcc", "io", "fast", "400", "rst"], [.clockFrequency(6_000)]),
            (["vcc", "io", "clk", "399", "rst"], [.shortReset(periods: 399)]),
            (["vcc", "io", "rst", "clk", "400"], [.shortReset(periods: 0)]),
            (["vcc", "io", "clk", "400", "rst", "low", "399", "rst"], [.shortReset(periods: 399)]),
            (["vcc", "io", "clk", "400", "3V", "rst"], [.supplyChanged]),
        ] as [([String], [ContactViolation])])
    func `a wrong activation is noticed`(steps: [String], violations: [ContactViolation]) throws {
        let card = try card()
        let port = AsynchronousPortTests.port(card)
        activate(port, steps)
        #expect(card.violations == violations)
        #expect(answers(port, card) == violations.isEmpty)
        // After a correct deactivation and activation it answers.
        try port.deactivate()
        port.wait(nanoseconds: ContactPort.pause)
        #expect(try ContactSlot(port).answerToReset != nil)
        #expect(card.violations == violations)
    }

    @Test func `a reader that switches on too soon is noticed`() throws {
        let card = try card()
        let port = AsynchronousPortTests.port(card)
        activate(port, ["vcc", "io", "clk", "400", "rst"])
        try port.deactivate()
        port.wait(nanoseconds: ContactPort.pause - 1)
        activate(port, ["vcc", "io", "clk", "400", "rst"])
        #expect(card.violations == [.shortPause(nanoseconds: ContactPort.pause - 1)])
        #expect(!answers(port, card))
    }

    @Test(
        arguments: [
            ([.rst, .clk, .io, .vcc], []),
            ([.clk, .rst, .io, .vcc], [.clockStopped(.low)]),
            ([.rst, .io, .clk, .vcc], [.deactivationOrder(.io)]),
            ([.rst, .clk, .vcc, .io], [.deactivationOrder(.vcc)]),
            ([.vcc, .rst, .clk, .io], [.deactivationOrder(.vcc)]),
        ] as [([Contact], [ContactViolation])])
    func `a wrong deactivation is noticed`(order: [Contact], violations: [ContactViolation]) throws {
        let card = try card()
        let port = AsynchronousPortTests.port(card)
        _ = try ContactSlot(port)
        for contact in order { port.force(contact, .low) }
        #expect(card.violations == violations)
    }

    @Test func `a clock that stops wrong is noticed`() throws {
        for (allowed, level, still, violations) in [
            (.low, .low, 5_000, []), (.low, .high, 5_000, [.clockStopped(.high)]),
            (.high, .low, 5_000, [.clockStopped(.low)]), (.notSupported, .low, 5_000, [.clockStopped(.low)]),
        ] as [(AnswerToReset.ClockStop, Level, Int, [ContactViolation])] {
            let card = try card(allowed)
            let port = AsynchronousPortTests.port(card)
            _ = try ContactSlot(port)
            port.run(periods: still)
            port.force(.clk, level)
            #expect(card.violations == violations)
        }
    }

    @Test func `a clock that stops amid characters is noticed`() throws {
        let card = try card(.either)
        let port = AsynchronousPortTests.port(card)
        let slot = try ContactSlot(port)
        var changes = 0
        port.observer = { [unowned port] _, _, _ in
            changes += 1
            if changes == 20 { port.force(.clk, .low) }
        }
        #expect(throws: CardError(.cardUnresponsive, subject: "")) {
            try slot.transmit(CommandAPDU([0x80, 0x14, 0x00, 0x00, 0x04]))
        }
        port.observer = nil
        guard case .earlyClockStop(let periods) = card.violations.first else {
            Issue.record("not noticed: \(card.violations)")
            return
        }
        #expect(periods < 1_860)
        #expect(card.violations[0].description.contains("1860"))
        #expect(throws: CardError.self) { try slot.transmit(CommandAPDU([0x80, 0x14, 0x00, 0x00, 0x04])) }
    }

    @Test func `a character too soon after the clock is noticed`() throws {
        let card = try card(.either)
        let port = AsynchronousPortTests.port(card)
        let slot = try ContactSlot(port)
        try slot.stopClock()
        // Without the slot knowing.
        port.startClock(kilohertz: 4_000)
        port.run(periods: 699)
        card.receive(LineCharacter(levels: 0x1FF, unit: .initial), edge: port.clockPeriods)
        #expect(card.violations == [.earlyCharacter(periods: 699)])
        #expect(throws: CardError(.cardUnresponsive, subject: "")) {
            try slot.transmit(CommandAPDU([0x80, 0x14, 0x00, 0x00, 0x04]))
        }
    }
}
