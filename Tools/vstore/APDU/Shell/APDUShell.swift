import ArgumentParser

struct APDUShell: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell", abstract: "Talk to a card line by line.",
        discussion: """
            Commands as bytes or by name, SELECT by name, data objects, variables, recording to a script. help lists \
            what can be typed, Tab completes it. The history is kept in DIR/shell.history of --home, without lines in \
            which a PIN or key stands. Where standard input is not a terminal its lines are read plainly, and the exit \
            status is 1 where one is not understood.

              vstore apdu shell
              vstore apdu shell --card try.card
            """)

    @OptionGroup var card: CardOptions
    @OptionGroup var access: ReaderAccessOptions
    @OptionGroup var secrets: SecretOptions

    @OptionGroup var common: ProgramOptions

    func validate() throws { _ = try access.access(in: card) }

    mutating func run() async throws {
        let console = common.console
        let tracer = try common.tracer(secrets: secrets.policy)
        let history = common.homeFolder.path + "/shell.history"
        let dictionary = try common.words()
        let wrong = try await CardLocation.withCards([
            try card.location(untraced: common, access: try access.access(in: card))
        ]) { cards in
            let conversation = try ShellConversation(
                cards[0], dictionary: dictionary, console: console, tracer: tracer)
            if ShellTerminal.isAvailable, !console.isJSON {
                try conversation.hold(ShellTerminal(historyFile: history))
                return 0
            }
            return try conversation.hold()
        }
        if wrong > 0 {
            throw Failure(.refused, "\(wrong) \(wrong == 1 ? "line was" : "lines were") not done. See above.")
        }
    }
}
