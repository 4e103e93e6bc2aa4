import ArgumentParser
import HeadEnd
import Issuing
import ValueProtocol

struct KeyList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the master keys with their check values.",
        discussion: """
            Those of the host's key file, or of the master-key card in --reader, --card or --remote.

              vstore key list
            """)

    @OptionGroup var card: CardOptions
    @OptionGroup var passphrase: PassphraseOptions

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let (pid, keys): (PartyID, [KeyDescriptor])
        if card.isEmpty {
            let file = try common.homeFolder.host.openKeys(passphrase)
            (pid, keys) = (file.pid, try file.keys().map { KeyDescriptor($0.name, $0.checkValue) })
        } else {
            (pid, keys) = try await card.location(common).withChannel { channel in
                let card = MasterKeyCard(channel)
                try card.select()
                return try card.heldKeys()
            }
        }
        var table = TextTable(["KEY", "CHECK VALUE"])
        for key in keys { table.add(["\(key.name)", "\(key.checkValue)"]) }
        common.console.output(
            ["pid": .text("\(pid)"), "keys": .list(keys.map(\.json))],
            ["\(pid)  \(pid.kind)"] + (keys.isEmpty ? ["no keys"] : table.lines))
    }
}
