import ArgumentParser
import HeadEnd
import Issuing
import Records
import RecordsSQLite
import ValueProtocol

struct CardReplace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace", abstract: "Issue a blank card in the place of a lost or blocked one, with its value.",
        discussion: """
            The new card gets the same purses, bound to the same meters, and what the old one held by the host's \
            records. Stopped anywhere, it is repeated with the same card.
            """)

    @OptionGroup var common: ProgramOptions
    @OptionGroup var card: CardOptions
    @OptionGroup var authority: AuthorityOptions

    @Argument(help: ArgumentHelp("The card that is lost or blocked.", valueName: "eid"))
    var old: PartyID

    @Flag(name: [.long, .short], help: "Do not ask.")
    var yes = false

    mutating func run() async throws {
        let host = try authority.hostEnd(common)
        let (place, home, old, console) = (try card.place(common), common.place, old, common.console)
        let held = try await authority.heldKeys(host, common)
        let element = try await place.withChannel { try ElementInfo.select(over: $0) }
        let plan = try self.plan(element.eid, held, host)
        for line in plan.lines { console.note(line) }
        for value in try host.records.remainingValue(of: old) {
            console.note("value \(value.service): \(value.amount) \(value.currency)")
        }
        try Confirmation.ask("Issue it in the place of \(old)?", isGiven: yes)
        let results = try await authority.withCounter(host, place, common) { counter in
            let journal = try FileJournal(path: home.issueJournal)
            let desk = counter.issuingDesk(journal)
            let register = HostCardRegister(records: counter.records, journal: journal)
            try desk.replace(old, by: plan, over: counter.card, in: register) { console.note("\($0)") }
            return try counter.creditDesk.completeCarryOver(over: counter.card)
        }
        try give(plan.eid, results)
    }

    private func plan(_ blank: PartyID, _ held: [KeyDescriptor], _ host: HostContext) throws -> IssuePlan {
        let status = try host.records.element(old)?.status ?? .inUse
        guard status != .inUse else {
            throw Failure(.refused, "\(old): is in use. Report it lost first: vstore card block \(old).")
        }
        // Found out before a blank card is used up.
        if let open = try host.records.unsettled().first(where: { $0.eid == old }) {
            throw HostError(.openTransaction, "\(open)")
        }
        let journal = try FileJournal(path: host.home.issueJournal)
        let purses = try HostCardRegister(records: host.records, journal: journal).purses(of: old)
        guard !purses.isEmpty else {
            throw Failure(.refused, "\(old): was not issued at this desk. Use the desk that issued it.")
        }
        return try IssuePlan(eid: blank, held: held, purses: purses)
    }

    private func give(_ eid: PartyID, _ results: [CreditResult]) throws {
        var carried: [CreditTransaction] = []
        var open: [String] = []
        for result in results {
            switch result.outcome {
            case .done(let transaction): carried.append(transaction)
            case .refused(let transaction): open.append("\(transaction)")
            case .declined(let reason): open.append("\(reason)")
            }
        }
        common.console.give(
            ["old": .text("\(old)"), "new": .text("\(eid)"), "carriedOver": .list(carried.map(\.json))],
            ["\(eid) takes the place of \(old)."] + carried.map { "\($0)" })
        if !open.isEmpty {
            throw Failure(.refused, "Not carried over: \(open.joined(separator: "; ")). Mend it and repeat.")
        }
    }
}
