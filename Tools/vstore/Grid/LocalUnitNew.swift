import ArgumentParser
import Meter
import MeterBench
import Metrology
import ValueProtocol

struct LocalUnitNew: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Make a blank local unit in a folder.",
        discussion: """
            It measures its transformer's total by current transformers, and is read like a meter once it is issued: \
            vstore card issue --card NAME, like any meter.

              vstore ls new --unit ls311 --id 00A1B2C3-40-000311 --transformer 400:5
            """)

    @OptionGroup var transport: TransportKeyOptions
    @OptionGroup var unit: UnitFolderOptions

    @Option(
        name: .long, help: ArgumentHelp("Its identifier: issuer, kind 40, number.", valueName: "eid"),
        transform: PartyID.argument)
    var id: PartyID

    @Option(
        name: .long,
        help: ArgumentHelp("Rated amperes of its current transformers, in the line and to the unit.", valueName: "a:a"))
    var transformer = "400:5"

    @Option(name: .long, help: ArgumentHelp("How many phases it measures.", valueName: "1-3"))
    var phases = 3

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard id.kind == .localUnit else { throw ValidationError("\(id) is a \(id.kind); a local unit's kind is 40.") }
        guard (1...3).contains(phases) else { throw ValidationError("--phases \(phases): 1 to 3.") }
        _ = try ratio()
    }

    private func ratio() throws -> (primary: Double, secondary: Double) {
        let parts = transformer.split(separator: ":").compactMap { Double($0) }
        guard parts.count == 2, parts.allSatisfy({ (0.1...100_000).contains($0) }) else {
            throw ValidationError("--transformer \(transformer): two currents, as in 400:5.")
        }
        return (parts[0], parts[1])
    }

    mutating func run() async throws {
        let home = common.homeFolder
        let ratio = try ratio()
        let path = try unit.path(home, isNew: true)
        try UnitFolder(path: path).make(
            id, transportKey: try transport.key(of: id, home),
            TransformerConfiguration(
                phases: phases,
                transformer: CurrentTransformer(primary: ratio.primary, secondary: ratio.secondary)),
            seed: .random(in: 1...UInt64(Int64.max)))
        common.console.output(
            ["folder": .text(path), "eid": .text("\(id)")], ["\(path): blank local unit \(id)"])
    }
}

/// The folder of a local unit.
struct UnitFolderOptions: ParsableArguments {
    @Option(
        name: [.long, .short],
        help: ArgumentHelp("The folder; a bare name is in DIR/meters of --home.", valueName: "folder"),
        completion: .directory)
    var unit: String

    func path(_ home: Home, isNew: Bool = false) throws -> String {
        guard !unit.contains("/") else { return unit }
        if isNew { try home.prepare() }
        return home.meters + "/" + unit
    }
}
