import ArgumentParser
import Meter
import ValueElement
import ValueProtocol

struct MeterNew: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make a blank off-line meter in a file.",
        discussion: "Issue it with vstore card issue --card FILE, then it can redeem cards.")

    @OptionGroup var common: ProgramOptions
    @OptionGroup var transport: TransportKeyOptions

    @Option(
        name: [.long, .short],
        help: ArgumentHelp("The file to make; a bare name goes to DIR/meters of --home.", valueName: "file"),
        completion: .file())
    var meter: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Its identifier: issuer, kind 02, 03 or 04, number, as in 00A1B2C3-02-000078.", valueName: "eid"))
    var id: PartyID

    @Option(
        name: .long,
        help: ArgumentHelp("The price of a m3 or kWh, until it is given a tariff table.", valueName: "amount"))
    var price: Amount

    @Option(name: .long, help: ArgumentHelp("Minutes that local time is ahead of UTC.", valueName: "minutes"))
    var localOffset: Int16 = 0

    @Option(name: .long, help: ArgumentHelp("Below it the display warns.", valueName: "amount"))
    var lowCredit: Amount = .zero

    func validate() throws {
        guard id.kind.isMeter, id.kind != .electricMeter else {
            throw ValidationError("\(id) is a \(id.kind). An off-line meter's kind is 02 gas, 03 water or 04 heat.")
        }
        guard (-840...840).contains(localOffset) else {
            throw ValidationError("--local-offset \(localOffset): clocks differ from UTC by at most 840 minutes.")
        }
    }

    mutating func run() async throws {
        let home = common.place
        let path = meter.contains("/") ? meter : home.meters + "/" + meter
        let records = OffLineMeter.records(
            id, transportKey: try transport.key(of: id, home), price: price, localOffset: localOffset,
            lowCredit: lowCredit)
        if !meter.contains("/") { try home.prepare() }
        _ = try FileMemory.create(at: path, records)
        common.console.give(
            ["file": .text(path), "eid": .text("\(id)"), "kind": .text("\(id.kind)")],
            ["\(path): blank \(id.kind) \(id), \(price) a \(id.kind == .heatMeter ? "kWh" : "m3")"])
    }
}
