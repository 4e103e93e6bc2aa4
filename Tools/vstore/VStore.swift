import ArgumentParser

/// The value store's command-line program.
struct VStore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vstore",
        abstract: "Issue, load and look at cards that hold value, and try them without a reader.",
        discussion: """
            Every command works with a card in a PC/SC reader (--reader), in a reader of another machine (--remote), \
            or with an emulated card in this process (--card FILE).

            The exit status says how it ended:

            \(ExitStatus.table)

            What an earlier command left in doubt is resolved at the next contact with the same card. PINs, \
            passphrases and keys are never taken from the command line or the environment, which other programs \
            can see.
            """,
        subcommands: [
            DemoCommand.self, ReaderCommand.self, APDUCommand.self, CardCommand.self, KeyCommand.self,
            HostCommand.self, MeterCommand.self, GPCommand.self,
        ])
}

/// The entry point: every error ends here, as text or JSON, with its exit status.
@main
enum Program {
    static func main() async {
        do {
            let parsed = try VStore.parseAsRoot()
            if var command = parsed as? any AsyncParsableCommand {
                try await command.run()
            } else {
                var command = parsed
                try command.run()
            }
            ProgramExit.leave(.done)
        } catch {
            ProgramExit(error).leave()
        }
    }
}
