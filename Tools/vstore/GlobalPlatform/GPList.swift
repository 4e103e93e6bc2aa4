import ArgumentParser
import GlobalPlatform
import ISO7816

struct GPList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List security domains, applications and packages of a card.",
        discussion: """
            A card that does not have the given keys gets no cryptogram, and the command ends. Still, find \
            out the right keys first: some cards block irreversibly after a few tries.
            """)

    @OptionGroup var common: ProgramOptions
    @OptionGroup var card: GPCardOptions
    @OptionGroup var key: GPKeyOptions

    mutating func run() async throws {
        let (keys, key) = (try key.keys(), key)
        let entries = try await card.withCard(common, cipher: key.cipher, isS16: key.isS16) { channel in
            try GPList.entries(channel, keys, key)
        }
        var table = TextTable(["kind", "AID", "state", "of"])
        var list: [JSONValue] = []
        for entry in entries {
            let state = entry.lifeCycleName ?? entry.lifeCycle.map { [$0].hexadecimal() }
            let domain = entry.securityDomain?.hexadecimal()
            table.add([entry.kind.name, entry.aid.hexadecimal(), state ?? "-", domain ?? "-"])
            for module in entry.modules { table.add(["  module", module.hexadecimal(), "", ""]) }
            list.append([
                "kind": .text(entry.kind.name), "aid": .text(entry.aid.hexadecimal()), "state": JSONValue(state),
                "privileges": .text(entry.privileges.hexadecimal()), "package": JSONValue(entry.package?.hexadecimal()),
                "securityDomain": JSONValue(domain), "version": JSONValue(entry.version?.hexadecimal()),
                "modules": .list(entry.modules.map { .text($0.hexadecimal()) }),
            ])
        }
        common.console.output(["entries": .list(list)], table.lines)
    }

    private static func entries(
        _ card: some CardChannel, _ keys: KeySet, _ key: GPKeyOptions
    ) throws -> [RegistryEntry] {
        let channel = try key.open(card, keys)
        return try RegistryEntry.Kind.allCases.flatMap { try channel.registry($0) }
    }
}
