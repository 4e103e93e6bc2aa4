import HeadEnd
import Meter
import Records
import ValueProtocol

extension Story {
    /// Credit is bought, loaded, redeemed and used up.
    func loadAndRedeem() throws {
        narrator.begin("4. Credit is bought, loaded and redeemed; gas is used")
        try buy(18_000_000, for: .gas)
        try buy(21_500_000, for: .water)
        try buy(11_500_000, for: .heat)
        for service in [UtilityService.gas, .water, .heat] { try redeem(service) }
        let meter = try meter
        let used = try meter.use(30_000)
        narrator.report("30 m3 of gas were asked for, \(used) litres flowed")
        show(meter)
        try require(!meter.reading.isValveOpen && used == 20_000, "18.00 pay for 20 m3 at 0.90, then the valve closes")
        try buy(9_000_000, for: .gas)
        try redeem(.gas)
        try require(meter.reading.isValveOpen, "the valve opens on credit")
        _ = try meter.use(2_500)
        _ = try meters[.water]?.use(1_234)
        _ = try meters[.heat]?.use(20_000)
    }

    /// The host sells credit, and loads it onto the card.
    func buy(_ microUnits: UInt64, for service: UtilityService) throws {
        let amount = Amount(rawValue: microUnits)
        let result = try client().storeCredit(amount, for: service, in: Cast.currency, over: stage.subscriberCard)
        guard case .done(let transaction) = result.outcome else {
            throw StoryError("\(amount) of \(service) can be loaded, but \(result.outcome)")
        }
        try add(amount, to: service)
        narrator.report(
            "bought \(amount) for \(service): HTXN \(transaction.htxn), on the card \(transaction.balance ?? .zero)")
    }

    func add(_ amount: Amount, to service: UtilityService) throws {
        guard let sum = (bought[service] ?? .zero).adding(amount) else { throw StoryError("sums stay below 2^64") }
        bought[service] = sum
    }

    /// A meter draws what its purse on the card holds.
    func redeem(_ service: UtilityService) throws {
        guard let meter = meters[service] else { throw StoryError("there is a meter for \(service)") }
        let redemption = try meter.redeem(from: stage.subscriberCard)
        let recovered = redemption.recovered == .zero ? "" : ", and \(redemption.recovered) from before"
        narrator.report("\(meter.name) redeems \(redemption.drawn)\(recovered); on the card \(redemption.cardBalance)")
        show(meter)
    }

    func show(_ meter: OffLineMeter) {
        let valve = meter.reading.isValveOpen ? "valve open" : "valve closed"
        narrator.report("  [\(meter.reading.display.joined(separator: "|"))] \(valve)")
    }
}
