import ArgumentParser
import HeadEnd
import Records
import ValueProtocol

/// What a load and a refund have in common.
struct CreditOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp("How much, in units of the currency, as in 50 or 12.50.", valueName: "amount"),
        transform: Amount.argument)
    var amount: Amount

    @Option(name: .long, help: ArgumentHelp("Which purse: electricity, gas, water or heat.", valueName: "service"))
    var service: UtilityService

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Its currency: three letters or the number of ISO 4217; else the one that it was issued with.",
            valueName: "currency"), transform: Currency.argument)
    var currency: Currency?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Your name for the order; repeated with the same name it is done once.", valueName: "text"))
    var reference: String?

    @Option(
        name: .long, help: ArgumentHelp("Refuse any card other than this one.", valueName: "eid"),
        transform: PartyID.argument)
    var expect: PartyID?

    func validate() throws {
        guard amount != .zero, amount != .all else { throw ValidationError("Give an amount above 0.") }
    }

    /// Stores the credit in the card at a workplace, or takes it off again.
    func carryOut(_ kind: CreditTransaction.Kind, at workplace: ClerkWorkplace) throws -> DoneOrder {
        try workplace.host.order(
            kind, amount, for: service, in: currency, by: workplace.elementClient, over: workplace.card,
            reference: reference, expecting: expect
        ).done(workplace.records)
    }
}
