import ArgumentParser
import Meter
import MeterBench
import ValueElement
import ValueProtocol

struct MeterNew: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make a blank meter: an off-line one in a file, an electric one in a folder.",
        discussion: """
            Issue it with vstore card issue --card NAME, like any card. Then an off-line meter can redeem the cards \
            that are bound to it, and an electric one runs with vstore meter run.

              vstore meter new --meter gas1 --id 00A1B2C3-02-010078 --price 0.09
              vstore meter new --meter home --id 00A1B2C3-01-000077 --price 0.30 \\
                  --channel 220:40
            """)

    @OptionGroup var transport: TransportKeyOptions

    @Option(
        name: [.long, .short],
        help: ArgumentHelp("The file or folder to make; a bare name goes to DIR/meters of --home.", valueName: "file"),
        completion: .file())
    var meter: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Its identifier: issuer, kind, number, as in 00A1B2C3-02-000078; kind 01 is electric, 02 gas, 03 water, "
                + "04 heat.", valueName: "eid"), transform: PartyID.argument)
    var id: PartyID

    @Option(
        name: .long,
        help: ArgumentHelp("The price per m3 or kWh, until a tariff table is set.", valueName: "amount"),
        transform: Amount.argument)
    var price: Amount

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "Minutes that local time is ahead of UTC; behind it, they are negative: -210.", valueName: "minutes"),
        transform: WholeNumber.localOffset)
    var localOffset = 0

    @Option(
        name: .long, help: ArgumentHelp("The display warns below this amount.", valueName: "amount"),
        transform: Amount.argument)
    var lowCredit: Amount = .zero

    @OptionGroup var electric: ElectricMeterOptions

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard id.kind.isMeter else {
            throw ValidationError("\(id) is a \(id.kind). A meter's kind is 01 electric, 02 gas, 03 water or 04 heat.")
        }
        guard id.kind == .electricMeter || electric.isEmpty else {
            throw ValidationError(
                "\(id) is a \(id.kind): channels, tokens, emergency and friendly credit are an electric meter's.")
        }
    }

    mutating func run() async throws {
        let home = common.homeFolder
        let path = meter.contains("/") ? meter : home.meters + "/" + meter
        let key = try transport.key(of: id, home)
        if !meter.contains("/") { try home.prepare() }
        if id.kind == .electricMeter {
            let configuration = electric.configuration(
                price: price, localOffset: Int16(localOffset), lowCredit: lowCredit)
            try MeterFolder(path: path).make(
                try ElectricMeter.records(id, transportKey: key, configuration),
                MeterEnvironment(
                    channels: electric.ratings.map { .init($0, seed: .random(in: 1...UInt64(Int64.max))) }))
        } else {
            let records = OffLineMeter.records(
                id, transportKey: key, price: price, localOffset: Int16(localOffset), lowCredit: lowCredit)
            _ = try FileMemory.create(at: path, records)
        }
        let unit = id.kind == .gasMeter || id.kind == .waterMeter ? "m3" : "kWh"
        common.console.output(
            ["file": .text(path), "eid": .text("\(id)"), "kind": .name(id.kind)],
            ["\(path): blank \(id.kind) \(id), \(price) per \(unit)"])
    }
}
