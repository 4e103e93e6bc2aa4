import ArgumentParser
import HeadEnd
import Issuing
import Records
import ValueProtocol

struct CardRotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Give a card or meter in the field the newest keys in place of older ones.",
        discussion: """
            Newer versions of master keys come from a key ceremony with a plan. The element gets the newest of each \
            that it has in an older version, and erases that one; a card's purses are bound to the same meters under \
            the newest TRANSFER key. A meter keeps its older TRANSFER keys beside the new one, for cards that were not \
            rotated yet: so rotate meters first. If interrupted, repeat it.

              vstore card rotate
            """)

    @OptionGroup var card: CardOptions
    @OptionGroup var authority: AuthorityOptions

    @Flag(name: [.long, .short], help: "Do not ask.")
    var yes = false

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let host = try authority.openHost(common)
        let (location, console) = (try card.location(common), common.console)
        let keys = try await authority.masterKeys(host, common)
        let element = try await location.withChannel { try ElementInfo.select(over: $0) }
        guard let plan = try host.rotationPlan(of: element, masterKeys: keys) else {
            // What a card lists proves nothing.
            try await authority.withWorkplace(host, location, common) { try $0.proveNewestKeys() }
            return give(element.eid, element.keys, "\(element.eid) has the newest keys.")
        }
        for line in plan.lines { console.notice(line) }
        try Confirmation.ask("Rotate the keys of \(element.eid)?", isGiven: yes)
        let names = try await authority.withWorkplace(host, location, common) { workplace in
            try workplace.rotate(plan) { console.notice("\($0)") }
        }
        give(element.eid, names, "\(element.eid) has new keys.")
    }

    private func give(_ eid: PartyID, _ keys: [KeyName], _ line: String) {
        common.console.output(
            ["eid": .text("\(eid)"), "keys": .list(keys.map { .text("\($0)") })],
            [line] + keys.map { "key \($0)" })
    }
}
