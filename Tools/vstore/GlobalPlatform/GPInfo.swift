import ArgumentParser
import GlobalPlatform

struct GPInfo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show a GlobalPlatform card's public data; no key is needed.")

    @OptionGroup var common: ProgramOptions
    @OptionGroup var card: GPCardOptions

    mutating func run() async throws {
        let identity = try await card.withCard(common) { try $0.cardIdentity() }
        func text(_ bytes: [UInt8]?) -> String? { bytes.map { $0.hexadecimal() } }
        let offers = (identity.data?.offers ?? []).map(\.description)
        let rows: [(String, String, String?)] = [
            ("GlobalPlatform", "version", identity.data?.version),
            ("issuer number", "issuer", text(identity.issuerNumber)),
            ("card image number", "image", text(identity.imageNumber)),
            ("production data", "production", text(identity.productionData)),
        ]
        let members = rows.map { ($0.1, JSONValue($0.2)) } + [("protocols", .list(offers.map { .text($0) }))]
        var table = TextTable(["what", "value"])
        for (name, _, value) in rows { table.add([name, value ?? "-"]) }
        table.add(["secure channels", offers.isEmpty ? "-" : offers.joined(separator: ", ")])
        common.console.output(.object(members.map { (name: $0.0, value: $0.1) }), table.lines)
    }
}
