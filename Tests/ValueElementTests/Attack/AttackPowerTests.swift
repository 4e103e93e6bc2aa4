import ISO7816
import Testing
import ValueElement
import ValueProtocol

/// Power cut at every write of every operation.
@Suite struct AttackPowerTests {
    private struct Case: Sendable, CustomTestStringConvertible {
        let op: OperationCode
        let isMeter: Bool
        var testDescription: String { "\(op) on a \(isMeter ? "meter" : "card")" }

        static let all = OperationCode.allCases.flatMap { op in
            [false, true].map { Case(op: op, isMeter: $0) }
        }.filter { !($0.isMeter ? OperationRules.cardsAlone : OperationRules.metersAlone).contains($0.op) }
    }

    private func begin(_ item: Case) throws -> (Victim, Session) {
        let victim = try Victim(item.isMeter ? World.issuedMeter(owing: 100) : World.issuedCard())
        let purpose = item.op.purpose ?? .usage
        let isTransfer = purpose == .transfer
        let session = try victim.session(
            KeyName(purpose, 1), key: isTransfer ? World.kx : nil, pid: isTransfer ? World.gasMeter : World.host)
        return (victim, session)
    }

    /// Afterwards the memory holds the complete state before or after, and STATUS reports which.
    @Test(arguments: Case.all, FailureSwitch.Portion.allCases)
    private func `EXECUTE`(item: Case, portion: FailureSwitch.Portion) throws {
        var (model, session) = try begin(item)
        let plaintext = World.plaintext(item.op, on: item.isMeter ? World.gasMeter : World.card, model.suite)
        let before = try model.records
        model.failure.cutPower(atWrite: 1000, keeping: .nothing)
        #expect(try session.execute(item.op, plaintext).status == .done)
        let after = try model.records
        let writes = model.failure.writes
        #expect(writes == (before == after ? 0 : 1), "an operation is one atomic write")

        for write in 0..<writes {
            var (victim, session) = try begin(item)
            victim.failure.cutPower(atWrite: write + 1, keeping: portion)
            let command = try session.command(item.op, plaintext)
            #expect(throws: CardError(.cardUnresponsive, subject: "")) { try victim.send(command) }
            #expect(throws: CardError(.cardUnresponsive, subject: "")) { try victim.send(command) }
            victim.failure.restorePower()
            try victim.card.reset()
            let isApplied = portion == .everything
            #expect(try victim.records == (isApplied ? after : before))
            #expect(try victim.send(command).status == .conditionsNotSatisfied, "no session outlives a reset")
            try expectStatusTells(item, victim, isApplied)
            // Sent again by the caller that must not lose it: applied once.
            var again = try reopen(item, victim)
            let outcome = try again.execute(item.op, plaintext)
            if item.op.isNumbered {
                #expect(outcome.status == (isApplied ? .alreadyApplied : .done))
            } else if item.op == .debit {
                #expect(outcome.status == (isApplied ? .stale : .done))
            }
            let (kept, whole) = (try victim.image, try model.image)
            #expect(kept.purses == whole.purses && kept.kept == whole.kept && kept.state == whole.state)
            #expect(kept.debt == whole.debt && kept.charges == whole.charges)
            #expect(kept.slots.map(\.letter) == whole.slots.map(\.letter))
        }
    }

    private func reopen(_ item: Case, _ victim: Victim) throws -> Session {
        let purpose = item.op.purpose ?? .usage
        let isTransfer = purpose == .transfer
        return try victim.session(
            KeyName(purpose, 1), key: isTransfer ? World.kx : nil, pid: isTransfer ? World.gasMeter : World.host)
    }

    private func expectStatusTells(_ item: Case, _ victim: Victim, _ isApplied: Bool) throws {
        var session = try reopen(item, victim)
        let isNumbered = item.op.isNumbered
        let ask = AskStatus(htxn: HostTransaction(rawValue: isNumbered ? 100 : 0), service: .gas)
        let outcome = try session.execute(ask)
        #expect(outcome.status == .done)
        guard isNumbered || item.op == .debit else { return }
        let found = outcome.answer[20]
        #expect(found == (isApplied ? 1 : 0), "\(item)")
        let amount = outcome.answer[21..<29].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        let hasAmount = ![.convertTariff, .convertRules].contains(item.op)
        #expect(amount == (isApplied && hasAmount ? 5 : 0))
    }

    /// INITIALIZE: NT is stored before it is sent, and never sent twice.
    @Test(arguments: FailureSwitch.Portion.allCases)
    func `INITIALIZE`(portion: FailureSwitch.Portion) throws {
        let victim = try Victim(World.issuedCard())
        let data = [UInt8](repeating: 0, count: 24)
        var reported: [UInt8] = []
        for round in 1...20 {
            if round % 2 == 0 {
                victim.failure.cutPower(atWrite: 1, keeping: portion)
                #expect(throws: CardError(.cardUnresponsive, subject: "")) { try victim.send(0x80, 0x50, 1, 1, data) }
                victim.failure.restorePower()
                try victim.card.reset()
            } else {
                reported.append(try victim.send(0x80, 0x50, 1, 1, data).data[11])
            }
        }
        #expect(reported == (portion == .everything ? [1, 3, 5, 7, 9, 11, 13, 15, 17, 19] : Array(1...10)))
    }

    /// Ending the transport session on first issue: SET STATE at its one write.
    @Test(arguments: FailureSwitch.Portion.allCases)
    func `issue`(portion: FailureSwitch.Portion) throws {
        var image = World.issuedCard(.blank)
        image.put(StoredKey(name: .transport, key: World.key(.transport)))
        let victim = try Victim(image)
        var session = try victim.session(.transport)
        let command = try session.command(.setState, [1])
        victim.failure.cutPower(atWrite: 1, keeping: portion)
        #expect(throws: CardError(.cardUnresponsive, subject: "")) { try victim.send(command) }
        victim.failure.restorePower()
        try victim.card.reset()
        let after = try victim.image
        let isIssued = portion == .everything
        #expect(after.state == (isIssued ? .issued : .blank))
        #expect((after.key(.transport) == nil) == isIssued)
    }

    /// The master-key card's commands that store something: each leaves the complete state before or after.
    @Test(arguments: FailureSwitch.Portion.allCases)
    func `master-key card`(portion: FailureSwitch.Portion) throws {
        let name = KeyName(.credit, 2)
        typealias Step = (label: String, prepare: (Desk) throws -> Void, act: (Desk) throws -> Void)
        let rules = bigEndian(World.card.rawValue) + [0, 99, 3, 0xFF]
        let steps: [Step] = [
            ("first component", { try $0.verify(1) }, { _ = try $0.load(name, 1, of: 2, 1) }),
            (
                "last component",
                {
                    try $0.verify(1)
                    _ = try $0.load(name, 1, of: 2, 1)
                    try $0.verify(2)
                }, { _ = try $0.load(name, 2, of: 2, 2) }
            ),
            (
                "rules",
                {
                    try $0.verify(1)
                    try $0.verify(2)
                }, { _ = try $0.card.send(0x80, 0xDA, 0, 0, rules) }
            ),
            ("first PIN", { _ in }, { _ = try $0.card.send(0x00, 0x24, 0, 6, [0xFF] + Array("1234".utf8)) }),
            (
                "unblock",
                {
                    try $0.verify(1)
                    try $0.verify(2)
                }, { _ = try $0.card.send(0x00, 0x2C, 0, 3, Array("1234".utf8)) }
            ),
        ]
        for step in steps {
            let model = try Desk()
            try step.prepare(model)
            let before = try model.card.records
            model.card.failure.cutPower(atWrite: 1000, keeping: .nothing)
            try step.act(model)
            #expect(model.card.failure.writes == 1, "\(step.label)")
            let after = try model.card.records
            #expect(before != after, "\(step.label)")
            let desk = try Desk()
            try step.prepare(desk)
            desk.card.failure.cutPower(atWrite: 1, keeping: portion)
            #expect(throws: CardError(.cardUnresponsive, subject: ""), "\(step.label)") { try step.act(desk) }
            desk.card.failure.restorePower()
            try desk.card.card.reset()
            #expect(try desk.card.records == (portion == .everything ? after : before), "\(step.label)")
        }
    }

    /// The mark of an issued card: before UNSEAL's write or after it.
    @Test(arguments: FailureSwitch.Portion.allCases)
    func `mark of issue`(portion: FailureSwitch.Portion) throws {
        let desk = try Desk()
        var image = World.issuedCard(.blank)
        image.keys = []
        for name in [KeyName.transport, KeyName(.admin, 1)] {
            image.put(StoredKey(name: name, key: desk.suite.elementKey(Desk.master(name), name, for: World.card)))
        }
        let card = try Victim(image)
        try desk.open(.transport, with: card)
        let sealed = try desk.seal(.setState, [1]).data
        let answer = try card.send(0x80, 0x52, 8, 0, sealed).data
        desk.card.failure.cutPower(atWrite: 1, keeping: portion)
        #expect(throws: CardError(.cardUnresponsive, subject: "")) { try desk.card.send(0x80, 0x66, 0, 0, answer) }
        desk.card.failure.restorePower()
        try desk.card.card.reset()
        #expect(try desk.card.masterKey.issued == (portion == .everything ? [World.card] : []))
        #expect(try card.image.state == .issued && card.image.key(.transport) == nil)
    }
}
