/// The name by which a host, an area unit or a local unit is known in its certificate: its eight-byte identifier as a URI.
///
/// `valuestore://issuer/00A1B2C3/as/000005` is area unit 5 of issuer `00A1B2C3`. Digits are hexadecimal and upper case, eight of
/// the issuer and six of the number, so that each unit has one spelling.
public struct NetworkName: Sendable, Hashable {
    /// What the peer is.
    public enum Role: UInt8, Sendable, Hashable, CaseIterable {
        case host = 0x30
        case localUnit = 0x40
        case areaUnit = 0x41

        /// Its part of the URI.
        public var label: String {
            switch self {
            case .host: "host"
            case .localUnit: "ls"
            case .areaUnit: "as"
            }
        }

        /// Whether it answers connections: those of the units below it.
        public var serves: Bool { self != .localUnit }
        /// Whether it dials: those above it.
        public var dials: Bool { self != .host }
    }

    public let issuer: UInt32
    public let role: Role
    /// 24 bits.
    public let number: UInt32

    /// - Returns: nil where the number has more than 24 bits.
    public init?(issuer: UInt32, role: Role, number: UInt32) {
        guard number < 1 << 24 else { return nil }
        self.issuer = issuer
        self.role = role
        self.number = number
    }

    /// - Parameter rawValue: an eight-byte identifier: issuer (4 bytes), kind (1) and number (3), big-endian.
    /// - Returns: nil where its kind is none of the roles.
    public init?(rawValue: UInt64) {
        guard let role = Role(rawValue: UInt8(truncatingIfNeeded: rawValue >> 24)) else { return nil }
        self.init(issuer: UInt32(rawValue >> 32), role: role, number: UInt32(rawValue & 0xFF_FFFF))
    }

    /// The eight-byte identifier.
    public var rawValue: UInt64 { UInt64(issuer) << 32 | UInt64(role.rawValue) << 24 | UInt64(number) }

    /// Parses ``uri``, and no other spelling.
    public init?(uri: String) {
        let parts = uri.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 6, let issuer = UInt32(parts[3], radix: 16), let number = UInt32(parts[5], radix: 16),
            let role = Role.allCases.first(where: { $0.label == parts[4] }),
            let name = NetworkName(issuer: issuer, role: role, number: number), name.uri == uri
        else { return nil }
        self = name
    }

    public var uri: String { "valuestore://issuer/\(digits(issuer, 8))/\(role.label)/\(digits(number, 6))" }

    private func digits(_ value: UInt32, _ count: Int) -> String {
        let text = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}

extension NetworkName: CustomStringConvertible {
    /// `00A1B2C3-41-000005`: issuer, kind, number.
    public var description: String { "\(digits(issuer, 8))-\(digits(UInt32(role.rawValue), 2))-\(digits(number, 6))" }
}
