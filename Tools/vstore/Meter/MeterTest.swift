import Analysis
import ArgumentParser
import MeterBench
import Metrology

struct MeterTest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Test the metrology's accuracy: class 0.2 S of IEC 62053-22, point by point.",
        discussion: """
            Samples of a simulated line, with harmonics, noise and a swinging frequency, go through simulated parts that \
            are off by a percent, and are measured as a meter measures; the truth is the integral of the line's volts \
            times amperes, which the instrument does not know. Before that the instrument is calibrated at two points, \
            unless it is told not to. The exit status is 1 where a point is out of class.

              vstore meter test --channel 220:50 --svg error.svg
            """)

    @Option(
        name: .long, parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "A channel to test; may be repeated.",
            discussion:
                "Volts and nominal amperes, with hertz where they are not 50. 110:50:60, 220:50 and 240:50 by default.",
            valueName: "volts:amperes"), transform: ChannelRating.argument)
    var channel: [ChannelRating] = []

    @Option(name: .long, help: ArgumentHelp("Of the current's converter: 16 or 20.", valueName: "bits"))
    var bits = 20

    @Option(name: .long, help: ArgumentHelp("How long each point is measured, 1 to 600.", valueName: "seconds"))
    var seconds = 4

    @Option(name: .long, help: ArgumentHelp("Of all noise: the same gives the same errors.", valueName: "number"))
    var seed: UInt64 = 1

    @Flag(name: .long, help: "Measure without calibration, which shows what it is for.")
    var uncalibrated = false

    @Option(
        name: .long, help: ArgumentHelp("Write the curves of error to this file.", valueName: "file"),
        completion: .file())
    var svg: String?

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard bits == 16 || bits == 20 else { throw ValidationError("--bits \(bits): converters have 16 or 20.") }
        guard (1...600).contains(seconds) else { throw ValidationError("--seconds \(seconds): 1 to 600.") }
        guard channel.count <= 8 else { throw ValidationError("A meter has at most 8 channels.") }
    }

    private var ratings: [ChannelRating] {
        guard channel.isEmpty else { return channel }
        return [(110.0, 60.0), (220, 50), (240, 50)].map {
            ChannelRating(nominalVoltage: $0.0, nominalCurrent: 50, nominalFrequency: $0.1)
        }
    }

    /// What the test leaves out: it has errors by load alone.
    private static let notTested = ["starting current", "no load", "influence quantities", "reactive energy"]
    private static var leftOut: String { "not tested: \(notTested.joined(separator: ", "))" }

    mutating func run() async throws {
        let tables = ratings.map { rating in
            let table = AccuracyTable(
                rating, currentBits: bits, seconds: seconds, seed: seed, isCalibrated: !uncalibrated)
            if !common.json { for line in table.lines { Console.printLine(line) } }
            return table
        }
        if !common.json { Console.printLine(Self.leftOut) }
        if let svg {
            let sheet = ChartSheet(
                title: "Error of active energy, \(AccuracyTable.className)",
                details: [
                    "A simulated meter on a simulated line, with harmonics, noise and a swinging frequency.",
                    Self.leftOut,
                ], charts: tables.map(\.chart))
            try TextFile.write(sheet.svg, to: svg, option: "--svg")
        }
        let failures = tables.reduce(0) { $0 + $1.count(.fail) }
        if common.json {
            let result: JSONValue = [
                "class": .text(AccuracyClass.designation02S), "standard": .text(AccuracyClass.standard),
                "channels": .list(tables.map(\.json)), "failures": .number(failures),
                "notTested": .list(Self.notTested.map { .name($0) }),
            ]
            Console.printLine("\(result)")
        }
        guard failures == 0 else {
            throw Failure(
                .refused,
                "\(failures) points are out of class 0.2 S. "
                    + (uncalibrated
                        ? "Calibrate the instrument: leave --uncalibrated out."
                        : "Try longer --seconds or more --bits; if that fails too, the instrument is wrong.")
            )
        }
    }
}
