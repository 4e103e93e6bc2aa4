import ArgumentParser
import Meter
import MeterBench
import ValueProtocol

struct MeterUse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "use", abstract: "Let gas, water or heat flow, as far as the valve and the purse allow.",
        discussion: """
            The exit status is 1 where the valve closed before all of it had flowed.

              vstore meter use 1500 --meter gas1
            """)

    @OptionGroup var meter: MeterOptions

    @Argument(help: ArgumentHelp("How much, in litres, or in Wh of heat.", valueName: "quantity"))
    var quantity: UInt64

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let (name, used, reading) = try meter.with(common) { meter in
            guard case .offLine(let meter) = meter else {
                throw Failure(.usage, "\(meter.name): is an electric meter. Let it run with vstore meter run.")
            }
            return (meter.name, try meter.use(quantity), meter.reading)
        }
        let unit = reading.id.kind == .heatMeter ? "Wh" : "l"
        common.console.output(
            ["asked": .number(Int(clamping: quantity)), "used": .number(Int(clamping: used)), "reading": reading.json],
            ["\(used) \(unit) of \(quantity) flowed"] + reading.lines)
        if used < quantity {
            throw Failure(
                .refused, "\(name): the valve closed after \(used) \(unit). Redeem a card to open it again.")
        }
    }
}
