/// What an element has recorded (protocol §6).
public struct UsageSeries: RawRepresentable, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let hours = UsageSeries(rawValue: 0x01)
    public static let days = UsageSeries(rawValue: 0x02)
    public static let weeks = UsageSeries(rawValue: 0x03)
    public static let months = UsageSeries(rawValue: 0x04)
    public static let events = UsageSeries(rawValue: 0x05)
    /// On a card: what its meters reported through it.
    public static let meterStatus = UsageSeries(rawValue: 0x06)
    public static let quarterHours = UsageSeries(rawValue: 0x07)
    /// Energy given back to the line, and what was paid for it.
    public static let hoursGivenBack = UsageSeries(rawValue: 0x08)
    /// Energy given back to the line, and what was paid for it.
    public static let quarterHoursGivenBack = UsageSeries(rawValue: 0x09)

    /// Whether a meter, or a local or area unit, records it.
    public var isMeasured: Bool { (0x01...0x05).contains(rawValue) || (0x07...0x09).contains(rawValue) }

    /// Seconds from the start of a record to that of the next; nil where they differ, and for events and status.
    public var interval: UInt32? {
        switch self {
        case .hours, .hoursGivenBack: 3_600
        case .quarterHours, .quarterHoursGivenBack: 900
        default: nil
        }
    }

    /// The number under which READ USAGE returns the same records in fewer bytes, as ``PackedUsage``; nil if there is
    /// none.
    public var packed: UsageSeries? { interval == nil ? nil : UsageSeries(rawValue: rawValue | 0x80) }

    /// The series whose records this number asks for in fewer bytes; nil if it is not a packed one.
    public var unpacked: UsageSeries? {
        let plain = UsageSeries(rawValue: rawValue & 0x7F)
        return rawValue & 0x80 != 0 && plain.interval != nil ? plain : nil
    }
}
