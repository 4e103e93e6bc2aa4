public import ISO7816
internal import ValueProtocol

/// A ceremony with people, whose keys go into a master-key card.
///
/// Its record is kept in a file, so that it can continue another day; the file is removed at the end.
public struct CardCeremony {
    private let plan: CeremonyPlan
    private let file: CeremonyRecordFile
    private let dialogue: CeremonyDialogue

    /// - Parameters:
    ///   - plan: who enters which component of which key.
    ///   - file: stores what was done.
    ///   - participants: answer the questions.
    public init(_ plan: CeremonyPlan, record file: CeremonyRecordFile, with participants: any CeremonyParticipants) {
        self.plan = plan
        self.file = file
        dialogue = CeremonyDialogue(participants)
    }

    /// Runs the ceremony to its end, or resumes one.
    ///
    /// - Parameter channel: the channel to the master-key card.
    /// - Returns: the keys of the plan that the card holds, with the check values it returned.
    /// - Throws: `CeremonyError`, `MasterKeyError`; what the participants threw. Completed steps are kept.
    public func run(over channel: any CardChannel) throws -> [KeyDescriptor] {
        let earlier = try file.load()
        if earlier != nil { dialogue.participants.show(.resumed(record: file.path)) }
        let file = file
        var run = CeremonyRun(
            try KeyCeremony(plan, resuming: earlier ?? CeremonyRecord()), with: MasterKeyCard(channel),
            keep: { (record) throws(CeremonyError) in try file.save(record) })
        try run.selectCard()
        while run.ceremony.next != .finished {
            dialogue.show(try dialogue.untilDone { try answer(&run) })
        }
        try file.remove()
        return run.ceremony.finishedKeys
    }

    private func answer(_ run: inout CeremonyRun) throws -> CeremonyEvent {
        let step = run.ceremony.next
        switch step {
        case .firstPIN(let custodian):
            let typed = try dialogue.newSecret { .newPIN(custodian, isRepeated: $0) }
            return try run.answer(.newPIN(try PIN(typed), of: custodian))
        case .pin(let custodian):
            return try run.answer(.pin(try PIN(try dialogue.answer(.pin(custodian))), of: custodian))
        case .component(let request):
            return try run.answer(.component(try dialogue.component(request), by: request.custodian))
        case .rules(let rules):
            dialogue.participants.show(.rules(rules))
            return try run.answer(.rulesConfirmed)
        case .finished: throw CeremonyError(.outOfTurn, "\(step)")
        }
    }
}
