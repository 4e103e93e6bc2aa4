import ArgumentParser
import GlobalPlatform

struct GPInfo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show what a GlobalPlatform card tells of itself; no key is needed.")

    @OptionGroup var common: ProgramOptions
    @OptionGroup var card: GPCardOptions

    mutating func run() async throws {
        let face = try await card.withCard(common) { channel in
            (
                data: try channel.cardData(), issuer: try channel.getData(0x0042), image: try channel.getData(0x0045),
                production: try channel.getData(0x9F7F)
            )
        }
        func text(_ bytes: [UInt8]?) -> String? { bytes.map { $0.hexadecimal() } }
        let offers = (face.data?.offers ?? []).map { offer in
            "SCP\(offer.scp < 10 ? "0" : "")\(offer.scp) i=\([UInt8(truncatingIfNeeded: offer.parameter)].hexadecimal())"
        }
        let rows: [(String, String, String?)] = [
            ("GlobalPlatform", "version", face.data?.version), ("issuer number", "issuer", text(face.issuer)),
            ("card image number", "image", text(face.image)), ("production data", "production", text(face.production)),
        ]
        let members = rows.map { ($0.1, JSONValue($0.2)) } + [("protocols", .list(offers.map { .text($0) }))]
        var table = TextTable(["what", "value"])
        for (name, _, value) in rows { table.add([name, value ?? "-"]) }
        table.add(["secure channels", offers.isEmpty ? "-" : offers.joined(separator: ", ")])
        common.console.give(.object(members.map { (name: $0.0, value: $0.1) }), table.lines)
    }
}
