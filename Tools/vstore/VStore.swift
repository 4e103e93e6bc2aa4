import ArgumentParser
import CardCrypto

/// The value store's command-line program.
struct VStore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vstore",
        abstract: "Smart cards on PC/SC: send, trace, script, replay and emulate APDUs; and cards that hold value.",
        discussion: """
            Commands that work with one card take it from a PC/SC reader (--reader) or emulate it in this process \
            (--card FILE, or --emulated). These take it from a reader of another machine too (--remote): apdu send, \
            script and shell; card bind, block, info, issue, load, log, recover, redeem, refund, replace and \
            rotate; host exchange; key ceremony and list; meter redeem.

            The exit status says how it ended:

            \(ExitStatus.table)

            What an earlier command left in doubt is resolved at the next contact with the same card. PINs, \
            passphrases and keys are never taken from the command line or the environment, which other programs \
            can see.
            """,
        version: "vstore \(version)",
        groupedSubcommands: [
            CommandGroup(
                name: "Any card",
                subcommands: [ReaderCommand.self, APDUCommand.self, GPCommand.self, ConfigCommand.self]),
            CommandGroup(
                name: "Value system",
                subcommands: [
                    CardCommand.self, KeyCommand.self, MeterCommand.self, HostCommand.self, RulesCommand.self,
                    DemoCommand.self,
                ]),
            CommandGroup(
                name: "Network",
                subcommands: [
                    GridCommand.self, AreaUnitCommand.self, LocalUnitCommand.self, CertificatesCommand.self,
                ]),
        ])

    /// Of the program and its package; libraries have the tags of the repository.
    static let version = "0.2.0"
}

/// The entry point: every error ends here, as text or JSON, with its exit status.
@main
enum Program {
    static func main() async {
        // Keys, PINs and passphrases are in this process: before anything else.
        ProcessMemory.forbidDumps()
        StandardStreams.holdPlaces()
        do {
            if let mistyped = MistypedCommand(CommandLine.arguments.dropFirst()) {
                throw ValidationError(mistyped.message)
            }
            let parsed = try VStore.parseAsRoot()
            // Help is shown in any case.
            if let fault = Configuration.fault, !(parsed is any ConfigurationChanging),
                type(of: parsed).configuration.commandName != "help"
            {
                throw fault
            }
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
