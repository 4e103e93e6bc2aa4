public import ValueElement
public import ValueProtocol

/// The readings of a meter.
public struct MeterReading: Sendable, Hashable {
    public let id: PartyID
    public let state: LifeCycle
    /// Litres of gas or water, or Wh of heat.
    public let counter: UInt64
    /// Spent since manufacture.
    public let spent: Amount
    /// Nil before it is issued.
    public let purse: Purse?
    public let isValveOpen: Bool
    /// Per m³ or kWh.
    public let price: Amount
    /// Of the price, at present.
    public let percent: UInt16
    public let lowCredit: Amount
    /// Used without value, or added by the host, and not yet repaid.
    public let debt: Amount
    /// Whether the valve may be open, and why.
    public let decision: SupplyDecision

    /// `m3` for gas and water, `kWh` for heat; a thousand of the counter's units.
    public var unit: String { id.kind == .heatMeter ? "kWh" : "m3" }

    /// Two lines of sixteen characters.
    public var display: [String] {
        guard let purse else { return [Self.line("\(state)", ""), Self.line("", "")] }
        let whole = counter / 1000
        let thousandths = String(1000 + counter % 1000).dropFirst()
        let note =
            if state != .issued {
                "\(state)"
            } else if decision.reason == .waitsForPerson {
                "PRESS"
            } else if !isValveOpen {
                "NO CREDIT"
            } else if decision.reason == .emergencyCredit {
                "EMERG."
            } else if decision.reason == .friendlyCredit {
                "FRIENDLY"
            } else if purse.balance < lowCredit {
                "LOW"
            } else {
                ""
            }
        return [
            Self.line("\(purse.currency)", "\(purse.balance)"),
            note.isEmpty
                ? Self.line("", "\(whole).\(thousandths) \(unit)") : Self.line(note, "\(whole).\(thousandths)"),
        ]
    }

    private static func line(_ left: String, _ right: String) -> String {
        let gap = max(left.isEmpty || right.isEmpty ? 0 : 1, 16 - left.count - right.count)
        return String((left + String(repeating: " ", count: gap) + right).prefix(16))
    }
}
