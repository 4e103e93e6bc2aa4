import ArgumentParser
import Meter

struct MeterShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show display, counter, purse, and valve or relay.")

    @OptionGroup var common: ProgramOptions
    @OptionGroup var meter: MeterOptions

    mutating func run() async throws {
        let reading = try meter.with(common, \.reading)
        common.console.give(reading.json, reading.lines)
    }
}
