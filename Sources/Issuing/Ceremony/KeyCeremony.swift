public import ValueProtocol

/// A key ceremony as a state machine without I/O: `next` says what to ask whom, `enter` turns the answer into a command
/// for the card, `finish` processes the card's response (protocol §8).
///
/// No custodian alone can complete a key: a key has at least two components, each of another custodian, who gives the
/// PIN immediately before. A second component of the same custodian is refused here, before the card would refuse it.
/// What the card has accepted survives its removal. The caller stores `record` before and after each command, so that
/// the ceremony can also continue in another run.
public struct KeyCeremony: Sendable {
    public let plan: CeremonyPlan
    /// What to store, before a command is sent and after its answer.
    public internal(set) var record: CeremonyRecord
    /// The keys of the plan that the card holds, with the check values it returned.
    public internal(set) var finishedKeys: [KeyDescriptor] = []

    /// Who gave the PIN since the card was selected, most recent last.
    var given: [KeyCustodian] = []
    var isSelected = false
    /// Components whose answer was lost.
    var doubtful: Set<ComponentRequest>
    private var pending: CeremonyCommand?

    /// - Parameters:
    ///   - plan: who enters which component of which key.
    ///   - record: stored by an earlier run of the same plan.
    /// - Throws: `CeremonyError` `.recordWrong`, `.sameCustodianTwice`.
    public init(_ plan: CeremonyPlan, resuming record: CeremonyRecord = CeremonyRecord()) throws(CeremonyError) {
        for component in record.components {
            let request = component.request
            guard let key = plan.keys.first(where: { $0.name == request.key }), key.count == request.count,
                (1...key.count).contains(request.number)
            else { throw CeremonyError(.recordWrong, "\(request)") }
            guard key.custodians[Int(request.number) - 1] == request.custodian else {
                throw CeremonyError(
                    key.custodians.contains(request.custodian) ? .sameCustodianTwice : .recordWrong, "\(request)")
            }
        }
        self.plan = plan
        self.record = record
        doubtful = Set(record.components.filter { !$0.isConfirmed }.map(\.request))
    }

    /// The card was selected, at the beginning or after a removal: PINs must be given again.
    ///
    /// - Throws: `CeremonyError` `.otherCard`; `.checkValueDiffers` if a key of the plan is held with another value.
    public mutating func cardSelected(_ pid: PartyID, holding held: [KeyDescriptor]) throws(CeremonyError) {
        guard record.card == nil || record.card == pid else { throw CeremonyError(.otherCard, "\(pid)") }
        for key in plan.keys {
            if let found = held.first(where: { $0.name == key.name }), let expected = key.checkValue,
                found.checkValue != expected
            {
                throw CeremonyError(.checkValueDiffers, "\(found), planned \(expected)")
            }
        }
        record.card = pid
        finishedKeys = held.filter { key in plan.keys.contains { $0.name == key.name } }
        given = []
        pending = nil
        isSelected = true
    }

    /// The next question, and to whom.
    public var next: CeremonyStep {
        for custodian in plan.firstPINs {
            switch record.pins[custodian] {
            case nil: return .firstPIN(custodian)
            // Verifying the PIN shows whether it was set.
            case false?: return .pin(custodian)
            case true?: continue
            }
        }
        for key in plan.keys where !finishedKeys.contains(where: { $0.name == key.name }) {
            let taken = record.components.filter { $0.request.key == key.name && $0.isConfirmed }.count
            let number = min(taken, key.custodians.count - 1)
            let custodian = key.custodians[number]
            guard given.last == custodian else { return .pin(custodian) }
            return .component(
                ComponentRequest(key: key.name, number: UInt8(number + 1), count: key.count, custodian: custodian))
        }
        guard let rules = plan.rules, !record.rulesSet else { return .finished }
        guard Set(given).count >= 2 else {
            return plan.custodians.first { !given.contains($0) }.map { .pin($0) } ?? .finished
        }
        return .rules(rules)
    }

    /// Enters people's answer to `next`.
    ///
    /// - Returns: the command for the card. Store `record` before sending it.
    /// - Throws: `CeremonyError` `.wrongCustodian`, `.sameCustodianTwice`, `.outOfTurn`; nothing was changed then.
    public mutating func enter(_ input: CeremonyInput) throws(CeremonyError) -> CeremonyCommand {
        guard isSelected else { throw CeremonyError(.outOfTurn, "the card, which is not selected") }
        let command: CeremonyCommand
        switch (next, input) {
        case (.firstPIN(let asked), .newPIN(let pin, let custodian)):
            try require(custodian, asked, of: nil)
            record.pins[custodian] = false
            command = .setPIN(pin, of: custodian)
        case (.pin(let asked), .pin(let pin, let custodian)):
            try require(custodian, asked, of: nil)
            command = .verify(pin, of: custodian)
        case (.component(let request), .component(let component, let custodian)):
            try require(custodian, request.custodian, of: request.key)
            if let sent = record.components.first(where: { $0.request == request }) {
                guard sent.checkValue == component.checkValue else {
                    throw CeremonyError(
                        .mistyped, "check value \(component.checkValue), sent before with \(sent.checkValue)")
                }
            } else {
                record.components.append(
                    .init(request: request, checkValue: component.checkValue, isConfirmed: false))
            }
            command = .load(component, request)
        case (.rules(let rules), .rulesConfirmed): command = .setRules(rules)
        default: throw CeremonyError(.outOfTurn, "\(next)")
        }
        pending = command
        return command
    }

    private func require(_ custodian: KeyCustodian, _ asked: KeyCustodian, of key: KeyName?) throws(CeremonyError) {
        guard custodian != asked else { return }
        let entered = record.components.contains { $0.request.key == key && $0.request.custodian == custodian }
        throw CeremonyError(entered ? .sameCustodianTwice : .wrongCustodian, "\(custodian), not \(asked)")
    }

    /// Restarts a key at component 1, after the card refused one.
    public mutating func startOver(_ key: KeyName) {
        record.components.removeAll { $0.request.key == key }
        pending = nil
    }

    /// Processes the card's response to the command from `enter`.
    ///
    /// - Returns: what to show to everybody.
    /// - Throws: `CeremonyError` `.card` with the underlying `MasterKeyError`, `.checkValueDiffers`; the step stays
    ///   open. After `.noAnswer` the card must be selected again.
    public mutating func finish(
        _ outcome: Result<KeyCheckValue?, MasterKeyError>
    ) throws(CeremonyError) -> CeremonyEvent {
        guard let command = pending else { throw CeremonyError(.outOfTurn, "an answer without a command") }
        pending = nil
        switch (command, outcome) {
        case (.setPIN(_, let custodian), .success):
            record.pins[custodian] = true
            return .pinSet(custodian)
        case (.verify(_, let custodian), .success):
            if record.pins[custodian] == false { record.pins[custodian] = true }
            given.removeAll { $0 == custodian }
            given.append(custodian)
            return .pinAccepted(custodian)
        case (.load(let component, let request), .success(let checkValue)):
            return try loaded(component, request, checkValue)
        case (.setRules(let rules), .success):
            record.rulesSet = true
            return .rulesSet(rules)
        case (_, .failure(let error)): return try failed(command, error)
        }
    }
}
