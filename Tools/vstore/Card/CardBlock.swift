import ArgumentParser
import HeadEnd
import Records
import ValueProtocol

struct CardBlock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "block", abstract: "Block a card that is present, or report a missing one lost.",
        discussion: """
            With an identifier the card is reported lost in the host's records: nothing is loaded onto it any more, \
            and its value can go to a replacement. Without one the card in the reader is blocked itself too.

              vstore card block 00A1B2C3-10-011234 --reason "reported lost"
            """)

    @OptionGroup var card: CardOptions
    @OptionGroup var authority: AuthorityOptions

    @Argument(help: ArgumentHelp("The card that is not present.", valueName: "eid"), transform: PartyID.argument)
    var lost: PartyID?

    @Option(name: .long, help: ArgumentHelp("Why, for the records.", valueName: "text"))
    var reason = "not said"

    @Flag(name: .long, help: "Put the card back into use.")
    var unblock = false

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        if lost != nil, unblock { throw ValidationError("Only a present card can be unblocked. Omit the identifier.") }
        if lost != nil, !card.isEmpty {
            throw ValidationError("Give an identifier, or a reader or file with the card, not both.")
        }
    }

    mutating func run() async throws {
        let host = try authority.openHost(common)
        let (reason, unblock) = (reason, unblock)
        if let lost {
            try host.reportLost(lost, because: reason)
            common.console.output(
                ["eid": .text("\(lost)"), "standing": .text(ElementStatus.lost.name)],
                ["\(lost) is reported lost. Give its value to another card with vstore card replace \(lost)."])
            return
        }
        let eid = try await authority.withWorkplace(host, try card.location(common), common) { workplace in
            try unblock ? workplace.unblock(because: reason) : workplace.block(because: reason)
        }
        common.console.output(
            ["eid": .text("\(eid)"), "standing": .text((unblock ? ElementStatus.inUse : .blocked).name)],
            ["\(eid) is \(unblock ? "in use again" : "blocked")."])
    }
}
