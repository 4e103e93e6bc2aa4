/// HTXN, the host's transaction number: one increasing sequence per element, above 0 (protocol §4).
public struct HostTransaction: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// No transaction: the value in a STATUS that asks for none.
    public static let none = HostTransaction(rawValue: 0)

    public var description: String { String(rawValue) }
    public static func < (a: HostTransaction, b: HostTransaction) -> Bool { a.rawValue < b.rawValue }
}
