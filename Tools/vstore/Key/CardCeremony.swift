import DurableFiles
import ISO7816
import Issuing
import SystemPackage
import ValueProtocol

/// A ceremony whose keys go into a master-key card. What it has come to is kept, so that it goes on another day.
struct CardCeremony {
    let plan: CeremonyPlan
    let home: Home
    let questions: CeremonyQuestions

    func run(over channel: any CardChannel) throws -> [KeyDescriptor] {
        let path = home.ceremony
        var run = CeremonyRun(
            try KeyCeremony(plan, resuming: try earlier()), with: MasterKeyCard(channel),
            keep: { (record) throws(CeremonyError) in
                do {
                    try TextFile.write(record.lines.joined(separator: "\n") + "\n", to: path)
                } catch {
                    throw CeremonyError(.recordWrong, path, cause: error)
                }
            })
        try run.selectCard()
        while run.ceremony.next != .finished {
            let event = try questions.untilDone { try answer(&run) }
            questions.tell("\(event)")
        }
        try forget()
        return run.ceremony.finishedKeys
    }

    private func answer(_ run: inout CeremonyRun) throws -> CeremonyEvent {
        let step = run.ceremony.next
        switch step {
        case .firstPIN(let custodian):
            return try run.answer(.newPIN(try PIN(try questions.newSecret("\(custodian): a new PIN")), of: custodian))
        case .pin(let custodian):
            return try run.answer(.pin(try PIN(try questions.secret("\(custodian): PIN")), of: custodian))
        case .component(let request):
            return try run.answer(
                .component(
                    try questions.component("\(request)", by: request.custodian), by: request.custodian))
        case .rules(let rules):
            questions.tell("rules: \(rules)")
            return try run.answer(.rulesConfirmed)
        case .finished: throw CeremonyError(.outOfTurn, "\(step)")
        }
    }

    private func earlier() throws -> CeremonyRecord {
        guard fileExists(home.ceremony) else { return CeremonyRecord() }
        let lines = try TextFile.read(home.ceremony).split(separator: "\n").map(String.init)
        questions.tell("The ceremony that \(home.ceremony) tells of goes on.")
        return try CeremonyRecord(lines: lines)
    }

    private func forget() throws {
        do throws(FileError) {
            try Folder.remove(FilePath(file: home.ceremony))
        } catch {
            throw Failure(.file, "\(home.ceremony): cannot be removed. Remove it: the ceremony is finished.")
        }
    }
}
