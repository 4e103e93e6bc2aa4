import Diagnostics
public import ISO7816

/// An entry of a card's registry: data object E3 of GET STATUS (GlobalPlatform Card Specification 2.3.1, 11.4.3).
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

    init(_ kind: Kind, _ object: TLV) throws(GlobalPlatformError) {
        func value(_ tag: TLVTag) -> [UInt8]? { object[tag].map { [UInt8]($0.value) } }
        guard object.tag == 0xE3, let aid = value(0x4F) else {
            throw GlobalPlatformError(.malformedAnswer, "GET STATUS")
        }
        self.kind = kind
        self.aid = aid
        lifeCycle = value(0x9F70)?.first
        privileges = value(0xC5) ?? []
        package = value(0xC4)
        securityDomain = value(0xCC)
        modules = object.children.filter { $0.tag == 0x84 }.map { [UInt8]($0.value) }
        version = value(0xCE)
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
    /// - Throws: `GlobalPlatformError`. Empty where there are none of this kind.
    public func registry(_ kind: RegistryEntry.Kind, limit: Int = 1024) throws(GlobalPlatformError) -> [RegistryEntry] {
        let name = "GET STATUS"
        var entries: [RegistryEntry] = []
        var p2: UInt8 = 0x02
        while true {
            let response = try exchange(command(name, 0xF2, kind.rawValue, p2, [0x4F, 0x00]), name)
            // No such entry, or the card does not support this kind.
            if [0x6A88, 0x6A86].contains(response.status.rawValue), entries.isEmpty { return [] }
            guard response.status == .success || response.status.rawValue == 0x6310 else {
                throw GlobalPlatformError(.refused, name, status: response.status)
            }
            for object in try dataObjects([UInt8](response.data), name) {
                entries.append(try RegistryEntry(kind, object))
            }
            guard response.status.rawValue == 0x6310 else { return entries }
            guard !response.data.isEmpty, entries.count <= limit else {
                throw GlobalPlatformError(.malformedAnswer, name, cause: Circumstance("the list has no end"))
            }
            p2 = 0x03
        }
    }
}
