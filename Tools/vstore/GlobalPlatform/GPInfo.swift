import ArgumentParser
import GlobalPlatform

struct GPInfo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show a GlobalPlatform card's public data; no key is needed.",
        discussion: """
            Shown are card data, capabilities, production data (CPLC), the numbers of card and issuer, and what keys \
            there are. Dates have the form YDDD: the day of a year of which only the last digit is known. What is \
            malformed is shown as far as it can be read, and the place is named.

              vstore gp info
            """)

    @OptionGroup var card: GPCardOptions

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let report = try await card.withCard(common) { channel, domain in
            IdentityReport(domain: domain, identity: try channel.cardIdentity())
        }
        common.console.output(report.json, report.lines)
        for fault in report.identity.faults { common.console.notice("\(fault).") }
        if let failure = report.failure { throw failure }
    }
}

/// What `gp info` shows.
struct IdentityReport: Sendable {
    let domain: SelectedSecurityDomain
    let identity: CardIdentity

    /// The error with which the program ends where the card refuses a data object.
    var failure: Failure? { .incomplete("The card does not give all its data.", identity.failures) }

    var lines: [String] {
        var table = TextTable(["what", "value"])
        func row(_ name: String, _ value: String?) { table.add([name, value ?? "-"]) }
        func list(_ values: [String]) -> String? { values.isEmpty ? nil : values.joined(separator: ", ") }
        row("security domain", domain.aid?.hexadecimal())
        if domain.isCardLocked { row("card life cycle", "CARD_LOCKED") }
        row("GlobalPlatform", identity.data?.version)
        row("secure channels", list((identity.data?.offers ?? []).map(\.description)))
        for item in identity.data?.items ?? [] where item.tag != 0x60 && item.tag != 0x64 {
            let name = item.name ?? "card data \([item.tag].hexadecimal())"
            let identifier = item.identifier ?? item.bytes.hexadecimal()
            row(name, item.meaning.map { "\($0) (\(identifier))" } ?? identifier)
        }
        row("issuer number", identity.issuerNumber?.description)
        row("card image number", identity.imageNumber?.description)
        if let capabilities = identity.capabilities {
            for (name, value) in capabilities.rows { row(name, value) }
        } else {
            row("capabilities", nil)
        }
        if let production = identity.production {
            row("production data", "\(production.bytes.count) bytes")
            for field in ProductionLifeCycle.Field.allCases { row("  \(field.name)", production.text(field)) }
        } else {
            row("production data", nil)
        }
        let keys = identity.keys?.keys ?? []
        if keys.isEmpty { row("keys", nil) }
        for key in keys {
            let bytes = key.components.map { String($0.count) }.joined(separator: "+")
            row("key \(key.identifier), version \(key.version)", "\(key.kind), \(bytes) bytes")
        }
        return table.lines
    }

    var json: JSONValue {
        let items = (identity.data?.items ?? []).map { item -> JSONValue in
            [
                "tag": .text([item.tag].hexadecimal()), "name": JSONValue(item.name),
                "oid": JSONValue(item.identifier), "meaning": JSONValue(item.meaning),
                "bytes": .text(item.bytes.hexadecimal()),
            ]
        }
        let members: [(name: String, value: JSONValue)] = [
            ("version", JSONValue(identity.data?.version)),
            ("protocols", .list((identity.data?.offers ?? []).map { .text($0.description) })),
            ("recognition", .list(items)), ("issuer", JSONValue(identity.issuerNumber)),
            ("image", JSONValue(identity.imageNumber)), ("capabilities", identity.capabilities?.json ?? .null),
            ("production", identity.production?.json ?? .null),
            ("keys", .list((identity.keys?.keys ?? []).map(\.json))),
            ("faults", .list(identity.faults.map { .text("\($0)") })),
            ("failures", .list(identity.failures.map(\.json))),
        ]
        return .object(domain.members + members)
    }
}
