import ArgumentParser
import MeterBench

struct MeterShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show display, counter, purse, and valve or relay.",
        discussion: """
              vstore meter show --meter home
            """)

    @OptionGroup var meter: MeterOptions

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let (reading, wear) = try meter.with(common) { ($0.reading, $0.wear) }
        let worn = wear.map { "flash: max \($0.erasures) erasures per page, rated for \($0.endurance)" }
        let flash: JSONValue =
            wear.map { ["erasures": .number($0.erasures), "endurance": .number($0.endurance)] } ?? .null
        common.console.output(
            reading.json.with("flash", flash), reading.lines + (worn.map { [$0] } ?? []))
    }
}
