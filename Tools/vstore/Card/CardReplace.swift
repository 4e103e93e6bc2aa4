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
            records: of a card that was blocked in the reader what it proved then. What a lost card draws off line after \
            its last contact would be given twice: --carry after-report waits until its meter, or the card itself, has \
            reported, and the new card gets the rest at its next contact; --carry none leaves its value in its own \
            books. If interrupted, repeat it with the same card.

              vstore card replace 00A1B2C3-10-011234
              vstore card replace 00A1B2C3-10-011234 --carry after-report
            """)

    /// As in the records, under names of this command's own.
    enum Carry: String, ExpressibleByArgument, CaseIterable {
        case known, none
        case afterReport = "after-report"

        /// What becomes of a value, before it is named.
        var text: String {
            switch self {
            case .known: "value"
            case .none: "value that stays where it is:"
            case .afterReport: "value that waits for a report:"
            }
        }

        var rule: CarryRule {
            switch self {
            case .known: .known
            case .none: .none
            case .afterReport: .afterReport
            }
        }
    }

    @OptionGroup var card: CardOptions
    @OptionGroup var authority: AuthorityOptions

    @Argument(help: ArgumentHelp("The card that is lost or blocked.", valueName: "eid"), transform: PartyID.argument)
    var old: PartyID

    @Option(
        name: .long,
        help: "What the new card gets: known, as the records have it; after-report, once a report has come; or none.")
    var carry = Carry.known

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
            let text = "\(value.service): \(value.amount.money(in: value.currency)), proven on \(value.asOf.dateTime)"
            console.notice("\(carry.text) \(text)")
        }
        try Confirmation.ask("Issue it in place of \(old)?", isGiven: yes)
        let rule = carry.rule
        let results = try await authority.withWorkplace(host, location, common) { workplace in
            try workplace.replace(old, by: plan, carrying: rule) { console.notice("\($0)") }
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
            case .queued(let tariff): open.append("\(tariff.order)")
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
