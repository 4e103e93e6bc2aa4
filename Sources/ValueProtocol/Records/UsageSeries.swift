/// What an element has recorded (protocol §6).
public struct UsageSeries: RawRepresentable, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let hours = UsageSeries(rawValue: 1)
    public static let days = UsageSeries(rawValue: 2)
    public static let weeks = UsageSeries(rawValue: 3)
    public static let months = UsageSeries(rawValue: 4)
    public static let events = UsageSeries(rawValue: 5)
    /// On a card: what its meters reported through it.
    public static let meterStatus = UsageSeries(rawValue: 6)

    /// Whether a meter records it.
    public var isMeters: Bool { (1...5).contains(rawValue) }
}
