import ArgumentParser
import GlobalPlatform

struct GPKeys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "List the keys of a security domain: number, version, kind, length.",
        discussion: """
            No key is needed, and none is shown: they never leave the card.

              vstore gp keys --reader 0
            """)

    @OptionGroup var card: GPCardOptions

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let (template, domain) = try await card.withCard(common) { channel, domain in
            (try channel.keyInformationTemplate(), domain)
        }
        let keys = template?.keys ?? []
        let faults = template?.faults ?? []
        let failures = template?.warning.map { [GlobalPlatformError(.warned, "GET DATA 00E0", status: $0)] } ?? []
        common.console.output(
            .object(
                domain.members + [
                    ("keys", .list(keys.map(\.json))), ("faults", .list(faults.map { .text("\($0)") })),
                    ("failures", .list(failures.map(\.json))),
                ]), KeyInformation.lines(keys))
        if template == nil { common.console.notice("The security domain gives no key information (GET DATA 00E0).") }
        for fault in faults { common.console.notice("\(fault).") }
        if let failure = Failure.incomplete("The list is incomplete.", failures) { throw failure }
    }
}

extension KeyInformation {
    /// A table, its components joined.
    static func lines(_ keys: [KeyInformation]) -> [String] {
        var table = TextTable(["version", "key", "kind", "bytes"])
        for key in keys {
            let bytes = key.components.map { String($0.count) }.joined(separator: "+")
            table.add([String(key.version), String(key.identifier), key.kind, bytes])
        }
        return table.lines
    }

    /// The types of its components.
    var kind: String { components.map(\.name).joined(separator: "+") }

    var json: JSONValue {
        [
            "version": .number(Int(version)), "key": .number(Int(identifier)),
            "components": .list(
                components.map {
                    [
                        "type": .text([$0.type].hexadecimal()), "kind": .text($0.name), "bytes": .number($0.count),
                    ] as JSONValue
                }), "usage": .text(usage.hexadecimal()), "access": .text(access.hexadecimal()),
        ]
    }
}
