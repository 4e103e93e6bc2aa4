public import PowerLine
public import ValueProtocol

/// A meter's address, and optionally the meter that must answer there: `ADDRESS`, or `EID@ADDRESS`.
public struct MeterAddress: Sendable, Hashable, CustomStringConvertible {
    /// The meter that must answer there; nil for any.
    public let meter: PartyID?
    /// The line to the meter.
    public let address: LineAddress

    public init(meter: PartyID?, address: LineAddress) {
        self.meter = meter
        self.address = address
    }

    /// Parses the form of `description`; nil for anything else.
    public init?(_ text: String) {
        if let address = LineAddress(text) {
            self.init(meter: nil, address: address)
        } else {
            let parts = text.split(separator: "@", maxSplits: 1)
            guard parts.count == 2, let meter = PartyID(parts[0]), let address = LineAddress(parts[1]) else {
                return nil
            }
            self.init(meter: meter, address: address)
        }
    }

    public var description: String { meter.map { "\($0)@\(address)" } ?? "\(address)" }
}
