import ArgumentParser
import Meter
import ValueProtocol

struct MeterUse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "use", abstract: "Let gas, water or heat flow, as far as the valve and the purse allow.",
        discussion: "The exit status is 1 where the valve closed before all of it had flowed.")

    @OptionGroup var common: ProgramOptions
    @OptionGroup var meter: MeterOptions

    @Argument(help: ArgumentHelp("How much, in litres, or in Wh of heat.", valueName: "quantity"))
    var quantity: UInt64

    mutating func run() async throws {
        let meter = try meter.open(common)
        let used = try meter.use(quantity)
        let reading = meter.reading
        let unit = reading.id.kind == .heatMeter ? "Wh" : "l"
        common.console.give(
            ["asked": .number(Int(clamping: quantity)), "used": .number(Int(clamping: used)), "reading": reading.json],
            ["\(used) \(unit) of \(quantity) flowed"] + reading.lines)
        if used < quantity {
            throw Failure(
                .refused, "\(meter.name): the valve closed after \(used) \(unit). Redeem a card to open it again.")
        }
    }
}
