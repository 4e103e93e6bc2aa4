import ArgumentParser
import ISO7816
import Meter
import MeterBench
import ValueElement
import ValueProtocol

struct MeterRedeem: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redeem", abstract: "Draw value from a card into a meter, with no host in reach.",
        discussion: """
            What an interrupted redemption left is credited first. The card carries the meter's status to the host. \
            If the card is pulled out in the middle, put the same one in again: nothing is lost or doubled.

              vstore meter redeem 20 --meter gas1 --card try.card
            """)

    @OptionGroup var meter: MeterOptions
    @OptionGroup var card: CardOptions

    @Argument(
        help: ArgumentHelp("The maximum amount, as in 12.50; everything by default.", valueName: "amount"),
        transform: Amount.argument)
    var amount: Amount?

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let (common, meter, amount) = (common, meter, amount ?? .all)
        let outcome = try await card.location(common).withChannel { channel in
            try meter.with(common) { try Outcome($0, channel, amount) }
        }
        common.console.output(outcome.json, outcome.lines)
    }

    /// What a redemption did, and the meter after it.
    private struct Outcome: Sendable {
        let redemption: Redemption
        let reading: OpenMeter.Reading

        init(_ meter: OpenMeter, _ channel: any CardChannel, _ amount: Amount) throws {
            redemption = try meter.redeem(from: channel, amount)
            reading = meter.reading
        }

        var json: JSONValue {
            [
                "card": .text("\(redemption.card)"), "drawn": .text("\(redemption.drawn)"),
                "recovered": .text("\(redemption.recovered)"), "cardBalance": .text("\(redemption.cardBalance)"),
                "reading": reading.json,
            ]
        }

        var lines: [String] {
            let currency = reading.currency.map { " \($0)" } ?? ""
            let before =
                redemption.recovered == .zero
                ? [] : ["credited \(redemption.recovered)\(currency) of an interrupted redemption"]
            return before
                + ["drawn \(redemption.drawn)\(currency); on the card \(redemption.cardBalance)\(currency)"]
                + reading.lines
        }
    }
}
