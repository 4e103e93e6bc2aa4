import CardIOTesting
import HeadEnd
import ISO7816
import Records
import RecordsSQLite
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A contact as an engine, driven step by step: whichever step is never answered, or fails, the order is done once.
@Suite struct ContactEngineTests {
    static let amount: UInt64 = 6_000_000

    /// What goes wrong at a step.
    enum Fault: CaseIterable {
        /// It is not performed, and the process ends.
        case endsBefore
        /// It is performed, and the process ends before it knows.
        case endsAfter
        /// It is not performed, and the engine is told.
        case fails
        /// It is performed, and the engine is told that it failed.
        case failsAfter
    }

    /// The simulated driver: it performs a contact's steps until it is over, or until one goes wrong.
    struct Driver {
        let card: TestCard
        let keys: HostKeys
        let records: RecordFile
        /// The steps performed so far.
        private(set) var steps = 0
        /// The step of the last run that recorded an outcome.
        private(set) var concluding: Int?

        init(_ card: TestCard, _ keys: HostKeys, _ records: RecordFile) {
            (self.card, self.keys, self.records) = (card, keys, records)
        }

        /// - Returns: the outcome; nil if the process ended.
        mutating func run(
            _ task: ContactTask, _ fault: Fault? = nil, at faulty: Int = 0
        ) throws -> Result<ContactReport, HostError>? {
            let authority = try keys.authority(register: records)
            var contact = ElementContact(task)
            var step = contact.start(at: Timestamp(rawValue: 1000))
            steps = 0
            while true {
                if case .done(let result) = step { return result }
                if case .record(.conclude) = step { concluding = steps }
                let isFaulty = fault != nil && steps == faulty
                steps += 1
                if isFaulty, fault == .endsBefore { return nil }
                var event = failure(of: step)
                if !isFaulty || fault != .fails {
                    let answer = perform(step, authority)
                    if !isFaulty { event = answer }
                }
                if isFaulty, fault == .endsAfter { return nil }
                step = contact.advance(event, at: Timestamp(rawValue: 1000))
            }
        }

        private func perform(_ step: ContactStep, _ authority: any Authority) -> ContactEvent {
            do {
                switch step {
                case .send(let command): return .answered(try card.channel.transmit(command))
                case .authorize(let request): return .authorized(try authority.perform(request))
                case .record(let request):
                    return .recorded(try records.perform(request, at: Timestamp(rawValue: 1000)))
                case .done: preconditionFailure("nothing follows the end")
                }
            } catch let error as CardError {
                return .lost(error)
            } catch let error as SessionError {
                return .notAuthorized(error)
            } catch {
                return .notRecorded(error as? HostError ?? HostError(.fileUnreachable, "\(error)"))
            }
        }

        private func failure(of step: ContactStep) -> ContactEvent {
            switch step {
            case .send: .lost(CardError(.cardRemoved, subject: "the card"))
            case .authorize: .notAuthorized(SessionError(.authorityFailed, "the test"))
            case .record, .done: .notRecorded(HostError(.fileUnreachable, "the test"))
            }
        }
    }

    private static func order(_ reference: String = "order") -> ContactTask {
        .order(
            CreditRequest(
                kind: .storeCredit, service: .gas, currency: TestCard.euro, amount: Amount(rawValue: amount),
                reference: reference))
    }

    private func world() throws -> (Driver, HostKeys) {
        let keys = try testKeys()
        return (Driver(try TestCard(keys: keys), keys, try RecordFile.inMemory(auditKey: keys.auditKey)), keys)
    }

    /// The order is done once, the books say so, and the trail holds.
    private func expectOnce(_ driver: Driver, _ comment: Comment) throws {
        #expect(try driver.card.holds() == Self.amount, comment)
        #expect(try driver.records.unsettled().isEmpty, comment)
        let done = try driver.records.transactions(of: driver.card.eid).filter { $0.state == .done }
        #expect(done.map(\.order.amount.rawValue) == [Self.amount], comment)
        try driver.records.verify()
    }

    private func repeatUntilDone(_ driver: inout Driver, _ comment: Comment) throws {
        for _ in 0..<4 {
            try driver.card.insertAgain()
            if case .success? = try driver.run(Self.order()) { return }
        }
        Issue.record(comment)
    }

    /// With any other error it would be ordered again, as a new order.
    @Test(arguments: [Fault.fails, .failsAfter]) func `an outcome that is not recorded is in doubt`(
        fault: Fault
    ) throws {
        var (undisturbed, _) = try world()
        _ = try undisturbed.run(Self.order())
        let concluding = try #require(undisturbed.concluding)
        var (driver, _) = try world()
        let outcome = try #require(try driver.run(Self.order(), fault, at: concluding))
        #expect(throws: HostError(.inDoubt, "")) { try outcome.get() }
        try repeatUntilDone(&driver, "\(fault)")
        try expectOnce(driver, "\(fault)")
    }

    @Test(arguments: [Fault.fails, .failsAfter]) func `what was found out and not recorded stays in doubt`(
        fault: Fault
    ) throws {
        var (driver, _) = try world()
        // The answer to the order is unsealed between its sending and its record.
        var (undisturbed, _) = try world()
        _ = try undisturbed.run(Self.order())
        let executing = try #require(undisturbed.concluding) - 2
        #expect(try driver.run(Self.order(), .endsAfter, at: executing) == nil)
        try driver.card.insertAgain()
        var (counted, _) = try world()
        _ = try counted.run(Self.order(), .endsAfter, at: executing)
        try counted.card.insertAgain()
        _ = try counted.run(.recover)
        let concluding = try #require(counted.concluding)
        let outcome = try #require(try driver.run(.recover, fault, at: concluding))
        #expect(throws: HostError(.stillInDoubt, "")) { try outcome.get() }
        try repeatUntilDone(&driver, "\(fault)")
        try expectOnce(driver, "\(fault)")
    }

    @Test func `an order takes so many steps`() throws {
        var (driver, _) = try world()
        let report = try #require(try driver.run(Self.order())).get()
        #expect(report.element.eid == driver.card.eid && report.recovered.isEmpty)
        // SELECT, INITIALIZE, STATUS, EXECUTE; an authority before and after; five of the records.
        #expect(driver.steps == 15)
        try expectOnce(driver, "no fault")
    }

    @Test(arguments: Fault.allCases) func `each step goes wrong once`(fault: Fault) throws {
        var step = 0
        while true {
            var (driver, _) = try world()
            let outcome = try driver.run(Self.order(), fault, at: step)
            guard driver.steps > step else { break }
            if fault == .fails || fault == .failsAfter { #expect(outcome != nil, "\(step)") }
            try repeatUntilDone(&driver, "\(fault) at \(step)")
            try expectOnce(driver, "\(fault) at \(step)")
            step += 1
        }
        #expect(step == 15)
    }

    /// The recovery goes wrong too: in the campaign every pair, else every third.
    @Test(arguments: Fault.allCases, Fault.allCases)
    func `two steps go wrong`(first: Fault, second: Fault) throws {
        for step in 0..<15 {
            for next in 0..<20 where (step + next) % 3 == 0 {
                var (driver, _) = try world()
                _ = try driver.run(Self.order(), first, at: step)
                try driver.card.insertAgain()
                _ = try driver.run(Self.order(), second, at: next)
                let comment: Comment = "\(first) at \(step), \(second) at \(next)"
                try repeatUntilDone(&driver, comment)
                try expectOnce(driver, comment)
            }
        }
    }

    /// What is recorded comes before what depends on it: the intent before the order's EXECUTE, its outcome before the end.
    @Test func `the intent is recorded before EXECUTE`() throws {
        let (driver, keys) = try world()
        let authority = try keys.authority(register: driver.records)
        var contact = ElementContact(Self.order())
        var step = contact.start(at: Timestamp(rawValue: 1))
        var log: [String] = []
        loop: while true {
            let event: ContactEvent
            switch step {
            case .send(let command):
                log.append(command.ins == 0x52 ? "execute \(command.p1)" : "send")
                event = .answered(try driver.card.channel.transmit(command))
            case .authorize(let request): event = .authorized(try authority.perform(request))
            case .record(let request):
                switch request {
                case .begin: log.append("begin")
                case .conclude: log.append("conclude")
                default: break
                }
                event = .recorded(try driver.records.perform(request, at: Timestamp(rawValue: 1)))
            case .done: break loop
            }
            step = contact.advance(event, at: Timestamp(rawValue: 1))
        }
        #expect(log == ["send", "send", "execute 4", "begin", "execute 1", "conclude"])
    }

    /// An order in doubt with another purpose is resolved in a session of its own before anything else.
    @Test func `what is in doubt is resolved in a session of its own purpose`() throws {
        var (driver, _) = try world()
        _ = try driver.run(Self.order(), .endsAfter, at: 12)
        #expect(try driver.records.unsettled().count == 1)
        try driver.card.insertAgain()
        let nt = try driver.card.image.nt
        let report = try #require(try driver.run(.balance(.water))).get()
        #expect(
            report.recovered.map(\.state) == [.done]
                && report.result
                    == .balance(
                        ProvenBalance(service: .water, amount: .zero, time: Timestamp(rawValue: 1000)))
        )
        #expect(try driver.card.image.nt == nt + 1)
        try expectOnce(driver, "resolved")
    }
}
