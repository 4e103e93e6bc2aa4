import ArgumentParser
import HeadEnd
import Records
import ValueProtocol

/// The common part of storing credit in meters and taking it off.
struct MeterCreditOptions: ParsableArguments {
    @Argument(
        help: ArgumentHelp("How much, in units of the currency, as in 50 or 12.50.", valueName: "amount"),
        transform: Amount.argument)
    var amount: Amount

    @OptionGroup var meters: MeterAddressOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Its currency: three letters or the number of ISO 4217; else the one that the meter was issued with.",
            valueName: "currency"), transform: Currency.argument)
    var currency: Currency?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Your name for the order; repeated with the same name it is done once in each meter.", valueName: "text"))
    var reference: String?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The card in the meters' slots, and its purse for this service; the meters carry it unread.",
            discussion: "Name meters with their identifiers.", valueName: "service"))
    var cardInSlot: UtilityService?

    func validate() throws {
        guard cardInSlot == nil || meters.allHaveIdentifiers else {
            throw ValidationError(
                "--card-in-slot: write each meter's identifier, as in 00A1B2C3-01-000077@tcp:HOST:PORT.")
        }
        guard amount != .zero, amount != .all else { throw ValidationError("Give an amount above 0.") }
    }

    /// Stores it in every meter, or takes it off.
    func carryOut(
        _ kind: CreditTransaction.Kind, _ common: ProgramOptions, _ options: HostOptions
    ) async throws {
        let host = try HostContext.open(common.homeFolder, options, needsKeys: true)
        let credit = self
        let results = try await meters.batch(host, common, toSlot: cardInSlot != nil).run { client, channel, address in
            // The address of a slot names the meter, and whichever card is in it is meant.
            try host.order(
                kind, credit.amount, for: credit.cardInSlot, in: credit.currency, by: client, over: channel,
                reference: credit.reference, expecting: credit.cardInSlot == nil ? address.meter : nil
            ).done(host.records)
        }
        try common.console.show(results, json: \.json, lines: \.lines)
    }
}

struct HostCredit: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "credit", abstract: "Store credit in meters.",
        discussion: """
            The order is recorded before it is sent, and its outcome after the meter has proven it. Exit status 2 \
            means that an outcome is now in doubt: repeat with the same --reference.

              vstore host credit 50 tcp:127.0.0.1:7701 --reference "order 119"
            """)

    @OptionGroup var hostOptions: HostOptions
    @OptionGroup var credit: MeterCreditOptions

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws { try await credit.carryOut(.storeCredit, common, hostOptions) }
}

struct HostRefund: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refund", abstract: "Take credit off meters.",
        discussion: """
            Refused where a meter holds less. Otherwise as host credit.

              vstore host refund 20 tcp:127.0.0.1:7701 --reference "refund of order 119"
            """)

    @OptionGroup var hostOptions: HostOptions
    @OptionGroup var credit: MeterCreditOptions

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws { try await credit.carryOut(.refund, common, hostOptions) }
}
