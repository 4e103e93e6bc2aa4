import ArgumentParser
import HeadEnd
import ValueProtocol

/// What a load and a refund have in common.
struct CreditOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("How much, in units of the currency, as in 50 or 12.50.", valueName: "amount"))
    var amount: Amount

    @Option(name: .long, help: ArgumentHelp("Which purse: electricity, gas, water or heat.", valueName: "service"))
    var service: UtilityService

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Its currency: three letters or the number of ISO 4217; else the one that it was issued with.",
            valueName: "currency"))
    var currency: Currency?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Your name for the order; repeated with the same name it is done once.", valueName: "text"))
    var reference: String?

    @Option(name: .long, help: ArgumentHelp("Refuse any other card than this one.", valueName: "eid"))
    var expect: PartyID?

    func validate() throws {
        guard amount != .zero, amount != .all else { throw ValidationError("Give an amount above 0.") }
    }

    /// The currency asked for, or that of the purse by the desk's own records.
    func currency(at workplace: ClerkWorkplace) throws -> Currency {
        if let currency { return currency }
        let eid = try expect ?? ElementInfo.select(over: workplace.card).eid
        guard let currency = try workplace.currency(of: service, on: eid) else {
            throw Failure(
                .refused, "\(eid): no \(service) purse of it is on record here. Name its currency with --currency.")
        }
        return currency
    }
}
