import ArgumentParser

struct RelayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay", abstract: "Give the card in a reader of one machine to another machine.",
        discussion: """
            With --remote HOST:PORT and the client's certificate a command works with the card in the other machine's \
            reader; vstore help lists the commands that take it.
            """,
        subcommands: [RelayServe.self, RelayAttach.self, RelayCertificates.self])
}
