/// One of up to eight people who keep a component of the issuer's master keys (protocol §8).
public struct KeyCustodian: RawRepresentable, Sendable, Hashable, Comparable, CustomStringConvertible {
    /// 1 to 8.
    public let rawValue: UInt8

    /// Nil outside 1 to 8.
    public init?(rawValue: UInt8) {
        guard (1...8).contains(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    /// All eight.
    public static let all: [KeyCustodian] = (1...8).compactMap(KeyCustodian.init(rawValue:))

    public var description: String { "custodian \(rawValue)" }
    public static func < (a: KeyCustodian, b: KeyCustodian) -> Bool { a.rawValue < b.rawValue }
}
