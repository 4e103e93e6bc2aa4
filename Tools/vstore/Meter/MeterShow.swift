import ArgumentParser
import Meter

struct MeterShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show display, counter, purse and valve.")

    @OptionGroup var common: ProgramOptions
    @OptionGroup var meter: MeterOptions

    mutating func run() async throws {
        let reading = try meter.open(common).reading
        common.console.give(reading.json, reading.lines)
    }
}
