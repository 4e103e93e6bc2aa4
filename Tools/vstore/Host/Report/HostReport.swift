import Analysis
import ArgumentParser
import HeadEnd
import ValueProtocol

struct HostReport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Show a meter's use, as the host's records have it.",
        discussion: """
            Nothing is sent: host usage reads the meter. The report ends with what it leaves out, and what is missing in \
            the records. With --svg charts are written too.

              vstore host report 00A1B2C3-01-000077 --svg january.svg
            """)

    @OptionGroup var hostOptions: HostOptions

    @Argument(help: ArgumentHelp("The meter's identifier.", valueName: "eid"), transform: PartyID.argument)
    var meter: PartyID

    @Option(
        name: .long, help: ArgumentHelp("Write charts of use and cost to this file.", valueName: "file"),
        completion: .file())
    var svg: String?

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp(
            "Minutes that the meter's local time is ahead of UTC; else as its recorded days begin.",
            valueName: "minutes"), transform: WholeNumber.localOffset)
    var localOffset: Int?

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let host = try HostContext.open(common.homeFolder, hostOptions, needsKeys: false)
        let records = try host.meterRecords(of: meter)
        let report = MeterReport(records, localOffset: localOffset ?? MeterReport.localOffset(of: records) ?? 0)
        if let svg { try TextFile.write(report.charts.svg, to: svg, option: "--svg") }
        common.console.output(report.json, report.lines)
    }
}
