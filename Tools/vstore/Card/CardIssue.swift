import ArgumentParser
import HeadEnd
import Issuing
import ValueProtocol

struct CardIssue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue", abstract: "Issue a blank card or meter: keys, purses, state.",
        discussion: """
            The plan is shown with the check values of its keys, and nothing is written before it is confirmed. An \
            issue that was interrupted is resumed by the same command; no card is issued twice.

            Many cards are issued from a CSV file (--batch) with the columns eid, purses, currency, limit, in every \
            reader that --reader fits, or all but the master-key card's, or with --card from a folder.

              vstore card issue --purse gas:EUR:200
              vstore card issue --batch orders.csv --results issued.csv
            """)

    @OptionGroup var card: CardOptions
    @OptionGroup var authority: AuthorityOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A purse, and the meter that may draw on it, as in gas:EUR:200:00A1B2C3-02-010078; may be repeated.",
            valueName: "service:currency:limit[:meter]"), transform: PursePlan.argument)
    var purse: [PursePlan] = []

    @Flag(name: [.long, .short], help: "Do not ask.")
    var yes = false

    @Flag(name: .long, help: "Cancel an issue that was begun with another plan; the card must still be blank.")
    var abandon = false

    @Option(
        name: .long, help: ArgumentHelp("Issue the cards that a CSV file orders.", valueName: "csv"),
        completion: .file(extensions: ["csv"]))
    var batch: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Where the results of --batch go; with the same file it is resumed.", valueName: "csv"),
        completion: .file(extensions: ["csv"]))
    var results: String?

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        if batch != nil {
            guard results != nil else { throw ValidationError("Give --results FILE too: a batch is resumed by it.") }
            guard purse.isEmpty else { throw ValidationError("The purses of a batch are in its file.") }
            guard !abandon else { throw ValidationError("--abandon is for one card. Leave --batch out.") }
            guard card.remote == nil else {
                throw ValidationError("A batch is issued in readers of this machine. Leave --remote out.")
            }
        } else if results != nil {
            throw ValidationError("--results belongs to --batch.")
        }
    }

    mutating func run() async throws {
        let host = try authority.openHost(common)
        if let batch, let results {
            let issue = BatchIssue(
                host: host, common: common, authority: authority, order: batch, results: results, isConfirmed: yes)
            return try await issue.run(card)
        }
        let (location, console) = (try card.location(common), common.console)
        let keys = try await authority.masterKeys(host, common)
        let element = try await location.withChannel { try ElementInfo.select(over: $0) }
        if abandon {
            try Confirmation.ask("Cancel the unfinished issue of \(element.eid)?", isGiven: yes)
            try host.abandonIssue(of: element.eid)
            console.output(
                ["eid": .text("\(element.eid)"), "abandoned": true],
                ["\(element.eid): the unfinished issue is cancelled."])
            if purse.isEmpty { return }
        }
        guard !purse.isEmpty || element.eid.kind.isUnit else {
            throw ValidationError("\(element.eid) is a \(element.eid.kind): give at least one --purse.")
        }
        let plan = try IssuePlan(eid: element.eid, held: keys, purses: purse)
        for line in plan.lines { console.notice(line) }
        try Confirmation.ask("Issue it?", isGiven: yes)
        let receipt = try await authority.withWorkplace(host, location, common) { workplace in
            try workplace.issue(plan) { console.notice("\($0)") }
        }
        console.output(
            [
                "eid": .text("\(plan.eid)"), "keys": .list(plan.keys.map(\.json)),
                "purses": .list(plan.purses.map(\.json)), "resumed": .truth(receipt.wasResumed),
                "repeated": .truth(receipt.isRepeated),
            ],
            [
                receipt.isRepeated
                    ? "\(plan.eid) was issued so before; nothing is written now."
                    : "\(plan.eid) is issued" + (receipt.wasResumed ? ", resuming an earlier attempt." : ".")
            ])
    }
}
