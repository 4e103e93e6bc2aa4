public import ValueProtocol

/// A key ceremony as a state machine without I/O: `next` tells what to ask whom, `enter` turns the answer into a command
/// for the card, `finish` takes what the card said (protocol §8).
///
/// No custodian alone can finish a key: a key has at least two components, each of another custodian, who gives the PIN
/// right before; a second component of the same custodian is refused here, before the card would refuse it. Whatever the
/// card has taken outlives its removal; `record` is kept by the caller before and after each command, so that the
/// ceremony goes on in another run too.
public struct KeyCeremony: Sendable {
    public let plan: CeremonyPlan
    /// What to keep: before a command is sent, and after its answer.
    public internal(set) var record: CeremonyRecord
    /// The keys of the plan that the card holds, with the check values it gave.
    public internal(set) var finishedKeys: [KeyDescriptor] = []

    /// Who gave the PIN since the card was selected, the last one last.
    var given: [KeyCustodian] = []
    var isSelected = false
    /// Components whose answer was lost.
    var doubtful: Set<ComponentRequest>
    private var pending: CeremonyCommand?

    /// - Parameters:
    ///   - plan: who enters which component of which key.
    ///   - record: what an earlier run of the same plan kept.
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

    /// The card was selected, at the beginning or after it was away: PINs are to be given anew.
    ///
    /// - Throws: `CeremonyError` `.otherCard`; `.checkValueDiffers` where a key of the plan is held with another value.
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

    /// What to ask now, and of whom.
    public var next: CeremonyStep {
        for custodian in plan.firstPINs {
            switch record.pins[custodian] {
            case nil: return .firstPIN(custodian)
            // Whether it was set is found out by giving it.
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

    /// Takes what people answered to `next`.
    ///
    /// - Returns: what the card is to do. Keep `record` before it is sent.
    /// - Throws: `CeremonyError` `.wrongCustodian`, `.sameCustodianTwice`, `.outOfTurn`; nothing has happened then.
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

    /// Begins a key again with component 1, after the card refused one.
    public mutating func startOver(_ key: KeyName) {
        record.components.removeAll { $0.request.key == key }
        pending = nil
    }

    /// Takes what the card said to the command that `enter` gave.
    ///
    /// - Returns: what to show to everybody.
    /// - Throws: `CeremonyError` `.card` with the `MasterKeyError` beneath, `.checkValueDiffers`; the step stays open.
    ///   After `.noAnswer` the card must be selected again.
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
