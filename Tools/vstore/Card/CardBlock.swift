import ArgumentParser
import HeadEnd
import Issuing
import Records
import RecordsSQLite
import ValueProtocol

struct CardBlock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "block", abstract: "Block a card that is at hand, or report one lost that is not.",
        discussion: """
            With an identifier the card is reported lost in the host's records: nothing is loaded onto it any more, \
            and its value can go to a replacement. Without one the card in the reader is blocked itself too.
            """)

    @OptionGroup var common: ProgramOptions
    @OptionGroup var card: CardOptions
    @OptionGroup var authority: AuthorityOptions

    @Argument(help: ArgumentHelp("The card that is not at hand.", valueName: "eid"))
    var lost: PartyID?

    @Option(name: .long, help: ArgumentHelp("Why, for the records.", valueName: "text"))
    var reason = "not said"

    @Flag(name: .long, help: "Take the card at hand back into use.")
    var unblock = false

    func validate() throws {
        if lost != nil, unblock { throw ValidationError("Only a card at hand is unblocked. Leave the identifier out.") }
        if lost != nil, card.card != nil || card.reader != nil {
            throw ValidationError("Give an identifier, or a reader or file with the card, not both.")
        }
    }

    mutating func run() async throws {
        let host = try authority.hostEnd(common)
        let (home, reason, unblock) = (common.place, reason, unblock)
        if let lost {
            try host.records.setStatus(.lost, of: lost, because: reason, at: SystemClock.now())
            common.console.give(
                ["eid": .text("\(lost)"), "standing": "lost"],
                ["\(lost) is reported lost. Give its value to another card with vstore card replace \(lost)."])
            return
        }
        let eid = try await authority.withCounter(host, try card.place(common), common) { counter in
            let eid = try ElementInfo.select(over: counter.card).eid
            let journal = try FileJournal(path: home.issueJournal)
            let desk = counter.issuingDesk(journal)
            let register = HostCardRegister(records: counter.records, journal: journal)
            if unblock {
                if case .replaced(let other) = try counter.records.element(eid)?.status {
                    throw Failure(
                        .refused, "\(eid) was replaced by \(other), which has its value now. Keep it blocked.")
                }
                try desk.takeBack(eid, reason: reason, over: counter.card, in: register)
            } else {
                try desk.reportLost(eid, reason: reason, over: counter.card, in: register)
            }
            return eid
        }
        common.console.give(
            ["eid": .text("\(eid)"), "standing": unblock ? "in use" : "blocked"],
            ["\(eid) is \(unblock ? "in use again" : "blocked")."])
    }
}
