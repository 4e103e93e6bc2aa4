import HeadEnd
import ISO7816
import Issuing
import Meter
import Records
import ValueProtocol

extension Story {
    private static let prices: [(UtilityService, UInt64)] = [(.gas, 900_000), (.water, 2_150_000), (.heat, 115_000)]

    /// The meters get their keys and their purse, from the host's keys in software.
    func issueMeters() throws {
        narrator.begin("2. A gas, a water and a heat meter, which no host will reach again")
        let desk = IssuingDesk(
            authority: try host.authority(register: records), journal: MemoryJournal(), clock: SystemClock.now)
        let held = try host.keys().map { KeyDescriptor($0.name, $0.checkValue) }
        for (service, price) in Story.prices {
            let meter = try Cast.blankMeter(service, price: price, suite)
            let purse = PursePlan(service: service, currency: Cast.currency, limit: Cast.limit)
            let plan = try IssuePlan(eid: meter.id, held: held, purses: [purse])
            _ = try desk.issue(plan, over: try InProcessChannel(meter, name: meter.name))
            try records.recordPurses(plan.purses.map(\.bind), of: meter.id, at: SystemClock.now())
            meters[service] = meter
            let reading = meter.reading
            narrator.report(
                "\(meter.name) \(meter.id): \(reading.price.money(in: Cast.currency)) per \(reading.unit), valve closed"
            )
            try require(!reading.isValveOpen, "a meter without credit keeps its valve closed")
        }
    }

    /// The master-key card makes a blank card a subscriber's, bound to the three meters.
    func issueCard() throws {
        narrator.begin("3. A blank card becomes a subscriber's, by the master-key card in the other reader")
        let masterCard = MasterKeyCard(stage.masterCard)
        let held = try masterCard.heldKeys().keys
        let purses = meters.values.sorted { $0.service < $1.service }.map {
            PursePlan(service: $0.service, currency: Cast.currency, limit: Cast.limit, meter: $0.id)
        }
        let plan = try IssuePlan(eid: Cast.card, held: held, purses: purses)
        for line in plan.lines { narrator.report("plan: \(line)") }
        let journal = MemoryJournal()
        let desk = IssuingDesk(
            authority: MasterKeyCardAuthority(masterCard), journal: journal, clock: SystemClock.now)
        _ = try desk.issue(plan, over: stage.subscriberCard) { step in narrator.report("\(step)") }
        try records.recordPurses(plan.purses.map(\.bind), of: Cast.card, at: SystemClock.now())
        do {
            _ = try desk.issue(plan, over: stage.subscriberCard)
            throw StoryError("a card is not issued twice")
        } catch let error as IssueError where error.code == .alreadyIssued {
            narrator.report("asked again, the desk refuses: no card is issued twice")
        }
    }
}
