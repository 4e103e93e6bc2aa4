import ArgumentParser
import HeadEnd
import Issuing
import ValueProtocol

struct CardBind: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bind", abstract: "Give an issued card a purse, or bind the purse it has to a meter.",
        discussion: """
            A purse that is bound to another meter keeps its balance; another currency requires an empty purse. If the \
            last draw of the previous meter was interrupted, it can no longer credit it: put the card into that meter \
            once before. The key for the meter is the newest TRANSFER key of the authority. A master-key card gets its \
            float in the same way, with the host's keys: float:EUR:10000, which is then loaded with --service float.

              vstore card bind gas:EUR:200:00A1B2C3-02-010078
            """)

    @OptionGroup var card: CardOptions
    @OptionGroup var authority: AuthorityOptions

    @Argument(
        help: ArgumentHelp(
            "The purse, and the meter that may draw on it, as in gas:EUR:200:00A1B2C3-02-010078.",
            valueName: "service:currency:limit[:meter]"), transform: PursePlan.argument)
    var purse: PursePlan

    @Flag(name: [.long, .short], help: "Do not ask before the meter changes.")
    var yes = false

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let host = try authority.openHost(common)
        let (plan, console, yes) = (purse, common.console, yes)
        let (eid, bound, left) = try await authority.withWorkplace(host, try card.location(common), common) {
            workplace in
            try workplace.bind(plan) { eid, meter in
                try Confirmation.ask(
                    "\(eid) is bound to \(meter). If its last draw was interrupted, it can no longer credit it: put "
                        + "the card into it once before. Bind the card to the other meter?", isGiven: yes)
            } progress: {
                console.notice("\($0)")
            }
        }
        var lines = ["\(eid): \(bound)"]
        if let left {
            lines.append(
                "The card left a debit of \(left.amount.money(in: bound.currency)) for \(left.meter), which may not have "
                    + "credited it.")
        }
        console.output(
            ["eid": .text("\(eid)"), "purse": bound.json, "left": left.map(\.json) ?? .null], lines)
    }
}

extension LeftDebit {
    fileprivate var json: JSONValue {
        ["meter": .text("\(meter)"), "session": .number(Int(nt)), "amount": .text("\(amount)")]
    }
}
