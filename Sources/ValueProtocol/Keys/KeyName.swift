/// What a key protects (protocol §2).
public enum Purpose: UInt8, Sendable, Hashable, CaseIterable {
    /// Storing and refunding credit.
    case credit = 1
    /// Changing the tariff.
    case tariff = 2
    /// Reading usage, events and meter status.
    case usage = 3
    /// Keys, binding, state, clock.
    case admin = 4
    /// Drawing value from a card into a meter.
    case transfer = 5
}

extension Purpose: CustomStringConvertible {
    public var description: String {
        switch self {
        case .credit: "CREDIT"
        case .tariff: "TARIFF"
        case .usage: "USAGE"
        case .admin: "ADMIN"
        case .transfer: "TRANSFER"
        }
    }
}

/// A key's name: purpose and version (protocol §2).
public struct KeyName: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let purpose: Purpose
    public let version: UInt8

    public init(_ purpose: Purpose, _ version: UInt8) {
        self.purpose = purpose
        self.version = version
    }

    /// The transport key of a blank element.
    public static let transport = KeyName(.admin, 0)

    public var description: String { "\(purpose) \(version)" }
    public static func < (a: KeyName, b: KeyName) -> Bool {
        (a.purpose.rawValue, a.version) < (b.purpose.rawValue, b.version)
    }
}

/// The first three bytes of AES(K, 01 × 16): identifies a key without revealing it (GlobalPlatform's KCV for AES).
public struct KeyCheckValue: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// 24 bits.
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue & 0xFF_FFFF }

    /// Six hexadecimal digits.
    public var description: String { hexadecimal(UInt64(rawValue), 6) }
}

extension [UInt8] {
    package mutating func append(_ name: KeyName) {
        append(name.purpose.rawValue)
        append(name.version)
    }

    package mutating func append(_ kcv: KeyCheckValue) {
        append(UInt8(kcv.rawValue >> 16))
        append(bigEndian: UInt16(truncatingIfNeeded: kcv.rawValue))
    }
}

extension ByteReader {
    @_lifetime(self: copy self)
    package mutating func readKeyCheckValue() -> KeyCheckValue {
        let high = readByte()
        return KeyCheckValue(rawValue: UInt32(high) << 16 | UInt32(read(UInt16.self)))
    }

    /// A key's name; nil for an unknown purpose, or beyond the end.
    @_lifetime(self: copy self)
    package mutating func readKeyName() -> KeyName? {
        let purpose = Purpose(rawValue: readByte())
        let version = readByte()
        return purpose.map { KeyName($0, version) }
    }
}
