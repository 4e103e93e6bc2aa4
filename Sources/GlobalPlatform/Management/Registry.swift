import Diagnostics
public import ISO7816

/// An entry of a card's registry: data object E3 of GET STATUS (GlobalPlatform Card Specification 2.3.1, 11.4.3), or an
/// entry of its older form without tags.
public struct RegistryEntry: Sendable, Hashable {
    /// The kind of entry: P1 of GET STATUS.
    public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        case issuerSecurityDomain = 0x80
        /// Applications, and security domains other than the issuer's.
        case applications = 0x40
        /// Executable load files with their modules.
        case packages = 0x10

        /// As text.
        public var name: String {
            switch self {
            case .issuerSecurityDomain: "issuer security domain"
            case .applications: "application"
            case .packages: "package"
            }
        }
    }

    public let kind: Kind
    /// 5 to 16 bytes.
    public let aid: [UInt8]
    /// The life cycle state; nil where the card does not return it.
    public let lifeCycle: UInt8?
    /// 1 or 3 bytes of privileges, or none.
    public let privileges: [UInt8]
    /// For an application: its package.
    public let package: [UInt8]?
    /// The associated security domain.
    public let securityDomain: [UInt8]?
    /// For a package: its modules.
    public let modules: [[UInt8]]
    /// For a package: its version.
    public let version: [UInt8]?

    /// An entry from the objects of an E3; nil without an AID.
    init?(_ kind: Kind, _ objects: [CardObject]) {
        func value(_ tag: UInt32) -> [UInt8]? { objects.first { $0.tag == tag && !$0.isTruncated }?.bytes }
        guard let aid = value(0x4F), !aid.isEmpty else { return nil }
        self.kind = kind
        self.aid = aid
        lifeCycle = value(0x9F70)?.first
        privileges = value(0xC5) ?? []
        package = value(0xC4)
        securityDomain = value(0xCC)
        modules = objects.filter { $0.tag == 0x84 && !$0.isTruncated }.map(\.bytes)
        version = value(0xCE)
    }

    /// An entry of the form without tags.
    init(_ kind: Kind, aid: [UInt8], lifeCycle: UInt8, privileges: UInt8, modules: [[UInt8]]) {
        self.kind = kind
        self.aid = aid
        self.lifeCycle = lifeCycle
        self.privileges = [privileges]
        self.modules = modules
        (package, securityDomain, version) = (nil, nil, nil)
    }

    /// The life cycle state as text (11.1.1).
    public var lifeCycleName: String? {
        guard let lifeCycle else { return nil }
        switch (kind, lifeCycle) {
        case (.issuerSecurityDomain, 0x01): return "OP_READY"
        case (.issuerSecurityDomain, 0x07): return "INITIALIZED"
        case (.issuerSecurityDomain, 0x0F): return "SECURED"
        case (.issuerSecurityDomain, 0x7F): return "CARD_LOCKED"
        case (.issuerSecurityDomain, 0xFF): return "TERMINATED"
        case (.packages, 0x01): return "LOADED"
        case (.applications, 0x03): return "INSTALLED"
        case (.applications, 0x07): return "SELECTABLE"
        case (.applications, 0x0F) where privileges.first.map({ $0 & 0x80 != 0 }) == true: return "PERSONALIZED"
        case (.applications, let state) where state & 0x83 == 0x83: return "LOCKED"
        default: return nil
        }
    }
}

extension CardChannel {
    /// The card's registry of one kind: GET STATUS, repeated while the card has more (6310).
    ///
    /// - Parameters:
    ///   - kind: of the requested entries.
    ///   - limit: maximum number of entries, since a card might never end.
    /// - Throws: `GlobalPlatformError` where any entry may be missing. Empty where there are none of this kind.
    public func registry(_ kind: RegistryEntry.Kind, limit: Int = 1024) throws(GlobalPlatformError) -> [RegistryEntry] {
        let listing = registryListing([kind], limit: limit)
        if let failure = listing.failures.first { throw failure }
        return listing.entries
    }
}
