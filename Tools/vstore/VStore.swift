import ArgumentParser

/// The value store's command-line program.
struct VStore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vstore",
        abstract: "Issue, load and look at cards that hold value, and try them without a reader.",
        discussion: """
            Commands that work with one card take it from a PC/SC reader (--reader) or emulate it in this process \
            (--card FILE, or --emulated). These take it from a reader of another machine too (--remote): apdu send, \
            script and shell; card bind, block, info, issue, load, log, redeem, refund, replace and rotate; key \
            ceremony and list; meter redeem.

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
