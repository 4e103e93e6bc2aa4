import ArgumentParser
import HeadEnd
import Issuing
import Records
import ValueProtocol

struct CardReplace: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace", abstract: "Issue a blank card in place of a lost or blocked one, with its value.",
        discussion: """
            The new card gets the same purses, bound to the same meters, and the value of the old one by the host's \
            records. If interrupted, repeat it with the same card.

              vstore card replace 00A1B2C3-10-011234
            """)

    @OptionGroup var card: CardOptions
    @OptionGroup var authority: AuthorityOptions

    @Argument(help: ArgumentHelp("The card that is lost or blocked.", valueName: "eid"), transform: PartyID.argument)
    var old: PartyID

    @Flag(name: [.long, .short], help: "Do not ask.")
    var yes = false

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let host = try authority.openHost(common)
        let (location, old, console) = (try card.location(common), old, common.console)
        let keys = try await authority.masterKeys(host, common)
        let element = try await location.withChannel { try ElementInfo.select(over: $0) }
        let plan = try host.replacementPlan(of: old, by: element.eid, masterKeys: keys)
        for line in plan.lines { console.notice(line) }
        for value in try host.records.remainingValue(of: old) {
            console.notice("value \(value.service): \(value.amount) \(value.currency)")
        }
        try Confirmation.ask("Issue it in place of \(old)?", isGiven: yes)
        let results = try await authority.withWorkplace(host, location, common) { workplace in
            try workplace.replace(old, by: plan) { console.notice("\($0)") }
        }
        try give(plan.eid, results)
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
        common.console.output(
            ["old": .text("\(old)"), "new": .text("\(eid)"), "carriedOver": .list(carried.map(\.json))],
            ["\(eid) replaces \(old)."] + carried.map { "\($0)" })
        if !open.isEmpty {
            throw Failure(.refused, "Not carried over: \(open.joined(separator: "; ")). Fix the cause and repeat.")
        }
    }
}
