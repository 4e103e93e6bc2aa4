import ArgumentParser

struct APDUCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apdu", abstract: "Send commands to a card as bytes.",
        subcommands: [
            APDUSend.self, APDUScript.self, APDUShell.self, APDUTLV.self, APDUTrace.self, APDUDecode.self,
            APDUReplay.self, APDUDiff.self, RelayCommand.self,
        ])
}
