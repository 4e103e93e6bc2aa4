import ArgumentParser
import HeadEnd
import Issuing
import Records
import RecordsSQLite
import ValueProtocol

struct CardRotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Give a card or meter in the field the newest keys in place of older ones.",
        discussion: """
            Newer versions of master keys come by a key ceremony with a plan. The element gets the newest of each that it \
            has in an older version, and erases that one; a card's purses are bound to the same meters under the newest \
            TRANSFER key. A meter keeps its older TRANSFER keys beside the new one, for cards that were not rotated yet: \
            so meters come first. Stopped anywhere, it is repeated.
            """)

    @OptionGroup var common: ProgramOptions
    @OptionGroup var card: CardOptions
    @OptionGroup var authority: AuthorityOptions

    @Flag(name: [.long, .short], help: "Do not ask.")
    var yes = false

    mutating func run() async throws {
        let host = try authority.hostEnd(common)
        let (place, home, console) = (try card.place(common), common.place, common.console)
        let held = try await authority.heldKeys(host, common)
        let element = try await place.withChannel { try ElementInfo.select(over: $0) }
        guard let plan = try self.plan(element, held, host) else {
            return give(element.eid, element.keys, "\(element.eid) has the newest keys.")
        }
        for line in plan.lines { console.note(line) }
        try Confirmation.ask("Rotate the keys of \(element.eid)?", isGiven: yes)
        let keys = try await authority.withCounter(host, place, common) { counter in
            let journal = try FileJournal(path: home.issueJournal)
            let keys = try counter.issuingDesk(journal).rotate(plan, over: counter.card) { console.note("\($0)") }
            try counter.records.recordPurses(plan.rebinds.map(\.bind), of: plan.eid, at: SystemClock.now())
            return keys
        }
        give(element.eid, keys, "\(element.eid) has new keys.")
    }

    /// Nil where the element has the newest of all.
    private func plan(_ element: ElementInfo, _ held: [KeyDescriptor], _ host: HostContext) throws -> RotationPlan? {
        let keys = IssuePlan.purposes(of: element.eid.kind).compactMap { held.newest($0) }.filter { key in
            key.name.version > element.newest(key.name.purpose)?.version ?? 0
        }
        let journal = try FileJournal(path: host.home.issueJournal)
        let purses = try HostCardRegister(records: host.records, journal: journal).purses(of: element.eid)
        let rebinds = purses.compactMap { purse -> PursePlan? in
            guard let newest = held.newest(.transfer)?.name.version, purse.meter != .none, purse.version < newest else {
                return nil
            }
            return PursePlan(
                service: purse.service, currency: purse.currency, limit: purse.limit, meter: purse.meter,
                version: newest)
        }
        return keys.isEmpty && rebinds.isEmpty
            ? nil : try RotationPlan(eid: element.eid, keys: keys, rebinds: rebinds)
    }

    private func give(_ eid: PartyID, _ keys: [KeyName], _ line: String) {
        common.console.give(
            ["eid": .text("\(eid)"), "keys": .list(keys.map { .text("\($0)") })],
            [line] + keys.map { "key \($0)" })
    }
}
