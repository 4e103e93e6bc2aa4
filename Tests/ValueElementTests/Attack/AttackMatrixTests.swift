import ISO7816
import Testing
import ValueElement
import ValueProtocol

/// Every operation in a session of every purpose on an element in every state.
@Suite struct AttackMatrixTests {
    private func status(_ op: OperationCode, isMeter: Bool, _ state: LifeCycle) -> BusinessStatus {
        if !isMeter, OperationRules.metersAlone.contains(op) { return .malformed }
        // Without a purse, or without a slot.
        if op == .account, state == .blank { return .unknownService }
        if op == .post, isMeter || state == .blank { return .unknownService }
        return state == .blocked && OperationRules.refusedWhileBlocked.contains(op) ? .blocked : .done
    }

    @Test(arguments: [false, true], [LifeCycle.issued, .blocked, .terminated])
    func `all`(isMeter: Bool, state: LifeCycle) throws {
        for purpose in Purpose.allCases {
            for op in OperationCode.allCases {
                let victim = try Victim(isMeter ? World.issuedMeter(state, owing: 100) : World.issuedCard(state))
                let label = Comment("\(op) in \(purpose), \(state)")
                let pid = purpose == .transfer ? World.gasMeter : World.host
                // Only cards have slots: a meter never opens a TRANSFER session.
                let opensNone = state == .terminated || (isMeter && purpose == .transfer)
                guard !opensNone else {
                    var data: [UInt8] = []
                    data.append(contentsOf: withUnsafeBytes(of: pid.rawValue.bigEndian, Array.init))
                    data += [UInt8](repeating: 0, count: 16)
                    let expected: StatusWord =
                        state == .terminated ? .conditionsNotSatisfied : .referencedDataNotFound
                    #expect(try victim.send(0x80, 0x50, purpose.rawValue, 1, data).status == expected, label)
                    continue
                }
                var session = try victim.session(
                    KeyName(purpose, 1), key: purpose == .transfer ? World.kx : nil, pid: pid)
                let before = try victim.records
                let outcome = try session.execute(
                    op, World.plaintext(op, on: isMeter ? World.gasMeter : World.card, victim.suite))
                guard OperationRules.isAllowed(op, in: purpose) else {
                    #expect(outcome.word == .securityStatusNotSatisfied, label)
                    #expect(try victim.records == before, label)
                    continue
                }
                let expected = status(op, isMeter: isMeter, state)
                #expect(outcome.status == expected, label)
                if expected != .done {
                    #expect(outcome.answer.isEmpty, label)
                    #expect(try victim.records == before, label)
                    // seq advances.
                    #expect(try session.status(AskStatus(service: .gas)) == .done, label)
                }
            }
        }
    }

    /// A blank element: ADMIN sessions under the transport key, and in them what ADMIN allows.
    @Test(arguments: [false, true])
    func `blank`(isMeter: Bool) throws {
        for op in OperationCode.allCases {
            let eid = isMeter ? World.gasMeter : World.card
            let victim = try Victim(ElementImage(blank: eid, transportKey: World.key(.transport)))
            var session = try victim.session(.transport)
            let plaintext =
                op == .setState
                ? SetState(.terminated).request
                : World.plaintext(op, on: isMeter ? World.gasMeter : World.card, victim.suite)
            let outcome = try session.execute(op, plaintext)
            if OperationRules.isAllowed(op, in: .admin) {
                #expect(outcome.status == status(op, isMeter: isMeter, .blank), "\(op)")
            } else {
                #expect(outcome.word == .securityStatusNotSatisfied, "\(op)")
            }
        }
    }

    /// SET STATE from every state to every byte.
    @Test(arguments: [LifeCycle.blank, .issued, .blocked])
    func `SET STATE`(from: LifeCycle) throws {
        for to in 0...255 as ClosedRange<UInt8> {
            var image = World.issuedCard(from)
            if from == .blank { image.put(StoredKey(name: .transport, key: World.key(.transport))) }
            let victim = try Victim(image)
            var session = try victim.session(KeyName(.admin, 1))
            let outcome = try session.execute(.setState, [to])
            let good: Set<UInt8> =
                switch from {
                case .blank: [0, 1, 3]
                case .issued: [1, 2, 3]
                default: [1, 2, 3]
                }
            #expect(outcome.status == (good.contains(to) ? .done : .malformed), "\(from) to \(to)")
            #expect(outcome.answer == (good.contains(to) ? [to] : []))
            let after = try victim.image
            #expect(after.state.rawValue == (good.contains(to) ? to : from.rawValue))
            // A terminated element's session continues to its end.
            if good.contains(to) {
                #expect(try session.status(AskStatus(service: .gas)) == .done)
                #expect(after.key(.transport) == nil)
            }
        }
    }

    @Test func `SET STATE of a wrong length`() throws {
        let victim = try Victim(World.issuedCard())
        var session = try victim.session(KeyName(.admin, 1))
        #expect(try session.execute(.setState, []).status == .malformed)
        #expect(try session.execute(.setState, [2, 2]).status == .malformed)
    }

    /// Issued only with an ADMIN key, and this ends the transport key's session; its repetition is answered.
    @Test func `issuing`() throws {
        let victim = try Victim(ElementImage(blank: World.card, transportKey: World.key(.transport)))
        var session = try victim.session(.transport)
        #expect(try session.status(SetState(.issued)) == .malformed, "no ADMIN key")
        let admin = KeyName(.admin, 1)
        #expect(
            try session.execute(.putKey, PutKeys.plaintext([(admin, World.key(admin))], victim.suite)).status == .done)
        let command = try session.command(.setState, [1])
        let answer = try victim.send(command)
        #expect(try session.outcome(answer).status == .done)
        #expect(try victim.send(command) == answer)
        let next = try session.command(.status, AskStatus(service: .gas).request)
        #expect(try victim.send(next).status == .conditionsNotSatisfied)
        #expect(try victim.image.keys.map(\.name) == [admin])
        #expect(try victim.send(0x80, 0x50, 4, 0, [UInt8](repeating: 0, count: 24)).status == .referencedDataNotFound)
        _ = try victim.session(admin)
    }
}
