import ArgumentParser

struct ReaderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reader", abstract: "See the readers and the cards in them.",
        subcommands: [ReaderList.self, ReaderInfo.self, ReaderWatch.self, MemoryCommand.self])
}
