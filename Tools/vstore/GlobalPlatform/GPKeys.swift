import ArgumentParser
import GlobalPlatform

struct GPKeys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "List the keys of a security domain: number, version, kind, length.",
        discussion: "No key is needed, and none is shown: they never leave the card.")

    @OptionGroup var common: ProgramOptions
    @OptionGroup var card: GPCardOptions

    mutating func run() async throws {
        let keys = try await card.withCard(common) { try $0.keyInformation() }
        var table = TextTable(["version", "key", "kind", "bytes"])
        var list: [JSONValue] = []
        for key in keys {
            let kind = key.components.map(\.name).joined(separator: "+")
            let bytes = key.components.map { String($0.count) }.joined(separator: "+")
            table.add([String(key.version), String(key.identifier), kind, bytes])
            list.append([
                "version": .number(Int(key.version)), "key": .number(Int(key.identifier)),
                "components": .list(
                    key.components.map { ["kind": .text($0.name), "bytes": .number($0.count)] as JSONValue }),
            ])
        }
        common.console.output(["keys": .list(list)], table.lines)
    }
}
