public import ValueProtocol

/// An event of a meter: supply, power, value, clock, tampering or a fault, as the meter itself proved it.
public struct EventRecord: Sendable, Hashable {
    /// By the meter's clock.
    public let time: Timestamp
    /// What it was; 05xx are tamper codes.
    public let code: UInt16
    public let value: UInt32

    public init(time: Timestamp, code: UInt16, value: UInt32) {
        self.time = time
        self.code = code
        self.value = value
    }

    /// Whether somebody was at the meter.
    public var isTamper: Bool { code >> 8 == 5 }

    package static let count = 10

    /// The events one after the other in an answer (protocol §6); nil where they are not whole.
    package static func records(_ bytes: [UInt8]) -> [EventRecord]? {
        guard bytes.count % count == 0 else { return nil }
        return stride(from: 0, to: bytes.count, by: count).map { place in
            func number(_ range: Range<Int>) -> UInt32 {
                bytes[(place + range.lowerBound)..<(place + range.upperBound)].reduce(0) { $0 << 8 | UInt32($1) }
            }
            return EventRecord(
                time: Timestamp(rawValue: number(0..<4)), code: UInt16(number(4..<6)), value: number(6..<10))
        }
    }
}
