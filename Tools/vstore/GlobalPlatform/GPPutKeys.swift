import ArgumentParser
import GlobalPlatform
import ISO7816

struct GPPutKeys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "put-keys", abstract: "Put a set of three keys into a security domain.",
        discussion: """
            The plan is shown with the check values of the new keys before anything is written. Keep the new keys \
            where they cannot be lost: without them nobody can manage the card any more.

              vstore gp put-keys --test-key --new-key-file isd.key --new-version 1
            """)

    @OptionGroup var card: GPCardOptions
    @OptionGroup var key: GPKeyOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Read the new keys from a file: ENC, MAC and DEK, one per line; - is standard input.",
            discussion: "They are asked for at the terminal where it is not given.", valueName: "file"),
        completion: .file())
    var newKeyFile: String?

    @Option(name: .long, help: ArgumentHelp("The version that the new keys get, 1 to 127.", valueName: "version"))
    var newVersion: UInt8

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The version of the keys that they replace.", discussion: "Without it they are added to the others.",
            valueName: "version"))
    var replace: UInt8?

    @Flag(name: .long, help: "Write without asking.")
    var yes = false

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard (1...127).contains(newVersion), replace.map({ (1...127).contains($0) }) ?? true else {
            throw ValidationError("Key versions go from 1 to 127.")
        }
        if newKeyFile == "-", key.keyFile == "-" {
            throw ValidationError("Only one of the key files can be standard input.")
        }
    }

    mutating func run() async throws {
        let (keys, new) = (try key.keys(), try GPKeyText.keySet(newKeyFile, key.cipher, "new key"))
        let values = try KeySet.Purpose.allCases.map { try new.checkValue($0).hexadecimal() }
        let way = replace.map { "in place of version \($0)" } ?? "in addition to the existing ones"
        common.console.notice("Key version \(newVersion), \(way). Check values:")
        for (name, value) in zip(["ENC", "MAC", "DEK"], values) { common.console.notice("  \(name)  \(value)") }
        try Confirmation.ask("Put these keys on the card?", isGiven: yes)
        let (key, version, replaced) = (key, newVersion, replace)
        try await card.withCard(common, cipher: key.cipher, isS16: key.isS16) { channel, _ in
            try GPPutKeys.put(new, version, replaced, channel, keys, key)
        }
        common.console.output(
            [
                "version": .number(Int(newVersion)), "replaced": replace.map { .number(Int($0)) } ?? .null,
                "checkValues": .list(values.map { .text($0) }),
            ], ["Done: the card confirms the check values."])
    }

    private static func put(
        _ new: KeySet, _ version: UInt8, _ replaced: UInt8?, _ card: some CardChannel, _ keys: KeySet,
        _ key: GPKeyOptions
    ) throws {
        let channel = try key.open(card, keys)
        try channel.put(new, version: version, replacing: replaced)
    }
}
