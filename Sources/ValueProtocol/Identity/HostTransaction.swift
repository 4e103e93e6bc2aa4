/// HTXN, the host's transaction number: one rising sequence an element, above 0 (protocol §4).
public struct HostTransaction: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// No transaction: what STATUS asks with where it asks for none.
    public static let none = HostTransaction(rawValue: 0)

    public var description: String { String(rawValue) }
    public static func < (a: HostTransaction, b: HostTransaction) -> Bool { a.rawValue < b.rawValue }
}

/// Seconds since 1970-01-01 UTC (protocol §1).
public struct Timestamp: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public var description: String { String(rawValue) }
    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.rawValue < b.rawValue }
}
