import ArgumentParser

struct LocalUnitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "Local units: the primary stations of lines with up to 256 meters.",
        subcommands: [LocalUnitNew.self, LocalUnitRun.self])
}
