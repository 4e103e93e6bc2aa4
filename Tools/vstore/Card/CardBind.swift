import ArgumentParser
import HeadEnd

struct CardBind: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bind", abstract: "Give an issued card a purse, or bind the purse it has to a meter.",
        discussion: """
            Bound anew, a purse keeps its balance; another currency takes an empty purse. What the meter before drew \
            last and could not credit, it can credit no more: hold the card in it once before. The key for the meter is the \
            newest TRANSFER key of the authority. A master-key card gets its float in the same way, by the host's keys: \
            float:EUR:10000, which is then loaded with --service float.
            """)

    @OptionGroup var common: ProgramOptions
    @OptionGroup var card: CardOptions
    @OptionGroup var authority: AuthorityOptions

    @Argument(
        help: ArgumentHelp(
            "The purse, and the meter that may draw on it, as in gas:EUR:200:00A1B2C3-02-010078.",
            valueName: "service:currency:limit[:meter]"))
    var purse: PurseArgument

    @Flag(name: [.long, .short], help: "Do not ask before the meter is another.")
    var yes = false

    mutating func run() async throws {
        let host = try authority.openHost(common)
        let (plan, console, yes) = (purse.plan, common.console, yes)
        let (eid, bound) = try await authority.withWorkplace(host, try card.place(common), common) { workplace in
            try workplace.bind(plan) { eid, meter in
                try Confirmation.ask(
                    "\(eid) is bound to \(meter), which cannot credit any more what it drew last, should that have "
                        + "been broken off: hold the card in it once before. Bind it anew?", isGiven: yes)
            } progress: {
                console.note("\($0)")
            }
        }
        console.give(["eid": .text("\(eid)"), "purse": bound.json], ["\(eid): \(bound)"])
    }
}
