import ArgumentParser
import GlobalPlatform
import ISO7816

struct GPList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List security domains, applications and packages of a card.",
        discussion: """
            A card that does not have the given keys gets no cryptogram, and the command ends. Still, find \
            out the right keys first: some cards block irreversibly after a few tries.

            What a card lists only in part is listed, what failed is named, and the exit status is 1.

              vstore gp list --test-key
              vstore gp list --key-file isd.key --diversification visa2
            """)

    @OptionGroup var card: GPCardOptions
    @OptionGroup var key: GPKeyOptions

    @OptionGroup var common: ProgramOptions

    mutating func run() async throws {
        let (keys, key) = (try key.keys(), key)
        let report = try await card.withCard(common, cipher: key.cipher, isS16: key.isS16) { channel, domain in
            RegistryReport(domain: domain, listing: try GPList.listing(channel, keys, key))
        }
        common.console.output(report.json, report.lines)
        for remark in report.remarks { common.console.notice("\(remark).") }
        if let failure = report.failure { throw failure }
    }

    private static func listing(
        _ card: some CardChannel, _ keys: KeySet, _ key: GPKeyOptions
    ) throws -> RegistryListing {
        try key.open(card, keys).registryListing { () throws(GlobalPlatformError) in try key.open(card, keys) }
    }
}

/// What `gp list` shows.
struct RegistryReport: Sendable {
    let domain: SelectedSecurityDomain
    let listing: RegistryListing

    var lines: [String] {
        var table = TextTable(["kind", "AID", "state", "of"])
        for entry in listing.entries {
            table.add([
                entry.kind.name, entry.aid.hexadecimal(), Self.state(entry) ?? "-",
                entry.securityDomain?.hexadecimal() ?? "-",
            ])
            for module in entry.modules { table.add(["  module", module.hexadecimal(), "", ""]) }
        }
        return table.lines
    }

    /// What the card does not offer, although nothing failed.
    var remarks: [String] {
        listing.remarks.map { remark in
            switch remark {
            case .withoutTags:
                "The card lists in the form without tags (GET STATUS P2=00): it gives no versions and no domains"
            case .withoutModules(let status):
                "Packages are listed without their modules (GET STATUS P1=20): the card refuses P1=10 "
                    + "(\(status): \(status.meaning))"
            }
        }
    }

    /// The error with which the program ends where entries may be missing.
    var failure: Failure? { .incomplete("The list is incomplete.", listing.failures) }

    var json: JSONValue {
        let entries = listing.entries.map { entry -> JSONValue in
            [
                "kind": .name(entry.kind.name), "aid": .text(entry.aid.hexadecimal()),
                "state": JSONValue(Self.state(entry)), "privileges": .text(entry.privileges.hexadecimal()),
                "privilegeNames": .list(entry.privilegeNames.map(JSONValue.text)),
                "package": JSONValue(entry.package?.hexadecimal()),
                "securityDomain": JSONValue(entry.securityDomain?.hexadecimal()),
                "version": JSONValue(entry.version?.hexadecimal()),
                "modules": .list(entry.modules.map { .text($0.hexadecimal()) }),
            ]
        }
        return .object(
            domain.members + [
                ("entries", .list(entries)), ("isComplete", .truth(listing.failures.isEmpty)),
                ("remarks", .list(remarks.map(JSONValue.text))), ("failures", .list(listing.failures.map(\.json))),
            ])
    }

    private static func state(_ entry: RegistryEntry) -> String? {
        entry.lifeCycleName ?? entry.lifeCycle.map { [$0].hexadecimal() }
    }
}
