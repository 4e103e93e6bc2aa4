import ArgumentParser

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Make the master keys in a ceremony, and list them.",
        subcommands: [KeyCeremonyCommand.self, KeyComponentCommand.self, KeyList.self])
}
