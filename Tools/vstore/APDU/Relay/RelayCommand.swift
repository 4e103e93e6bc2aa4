import ArgumentParser

struct RelayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relay", abstract: "Give the card in a reader of one machine to another machine.",
        discussion: """
            Every command that works with a card takes --remote HOST:PORT too, with the client's certificate, and then \
            works with the card in the other machine's reader.
            """,
        subcommands: [RelayServe.self, RelayAttach.self, RelayCertificates.self])
}
