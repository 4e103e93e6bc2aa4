import ArgumentParser
import HeadEnd
import Issuing
import Records
import RecordsSQLite
import ValueProtocol

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
        let host = try authority.hostEnd(common)
        let (home, plan, console, yes) = (common.place, purse.plan, common.console, yes)
        let (eid, bound) = try await authority.withCounter(host, try card.place(common), common) { counter in
            let element = try ElementInfo.select(over: counter.card)
            if let held = try PublicPurse.read(plan.service, over: counter.card)?.meter,
                ![.none, plan.meter].contains(held)
            {
                try Confirmation.ask(
                    "\(element.eid) is bound to \(held), which cannot credit any more what it drew last, should that have "
                        + "been broken off: hold the card in it once before. Bind it anew?", isGiven: yes)
            }
            let bound = try plan.meter == .none ? plan : plan.bound(by: counter.held)
            let journal = try FileJournal(path: home.issueJournal)
            if plan.meter == .none {
                try counter.makePurse(bound, of: element)
            } else {
                let rotation = try RotationPlan(eid: element.eid, keys: [], rebinds: [bound])
                _ = try counter.issuingDesk(journal).rotate(rotation, over: counter.card) { console.note("\($0)") }
            }
            try counter.records.recordPurses([bound.bind], of: element.eid, at: SystemClock.now())
            return (element.eid, bound)
        }
        console.give(["eid": .text("\(eid)"), "purse": bound.json], ["\(eid): \(bound)"])
    }
}

extension PursePlan {
    /// The same, under the newest TRANSFER key.
    fileprivate func bound(by held: [KeyDescriptor]) throws(SessionError) -> PursePlan {
        guard let transfer = held.newest(.transfer) else { throw SessionError(.noMasterKey, "TRANSFER") }
        return PursePlan(
            service: service, currency: currency, limit: limit, meter: meter, version: transfer.name.version)
    }
}

extension ClerkWorkplace {
    /// Has the element make a purse that no meter draws on.
    fileprivate func makePurse(_ plan: PursePlan, of element: ElementInfo) throws {
        guard let admin = element.newest(.admin) else { throw SessionError(.noSuchKey, "ADMIN of \(element.eid)") }
        var session = try ElementConversation(with: element, over: card, by: authority, key: admin)
        let result = try session.execute(plan.bind)
        guard result.answer != nil else {
            throw Failure(
                .refused, "\(element.eid), BIND: \(result.status). Nothing was changed; see vstore card info.")
        }
    }
}
