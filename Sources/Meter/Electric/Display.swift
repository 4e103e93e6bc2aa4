internal import Metrology
internal import ValueElement
internal import ValueProtocol

/// What an electric meter's display can show: two lines of sixteen characters a page.
public enum DisplayPage: String, Sendable, Hashable, CaseIterable {
    /// Value left, and what is to be said of it.
    case balance
    /// Power now, of each channel.
    case power
    /// Energy used so far.
    case use
    /// The rate of now.
    case tariff
    /// What is owed.
    case debt
    /// Value on its way: in the token at work, and in the tank that tokens come from.
    case transfer
}

extension ElectricReading {
    /// A page.
    ///
    /// - Parameters:
    ///   - page: which.
    ///   - watts: power now, of each channel.
    /// - Returns: two lines of sixteen characters.
    public func display(_ page: DisplayPage, watts: [Double] = []) -> [String] {
        guard let purse else { return [Self.line("NOT ISSUED", ""), Self.line("", "")] }
        switch page {
        case .balance: return [Self.line("\(purse.currency)", Self.money(value)), Self.line(note, "")]
        case .power:
            let shown = watts.map { String(Int($0.rounded())) }.joined(separator: " ")
            return [Self.line("POWER W", ""), Self.line("", shown)]
        case .use:
            let microjoules = imported.reduce(0) { $0 + $1.microjoules }
            let wattHours = microjoules / Energy.microjoulesPerWattHour
            let thousandths = String(1_000 + wattHours % 1_000).dropFirst()
            return [Self.line("USED kWh", ""), Self.line("", "\(wattHours / 1_000).\(thousandths)")]
        case .tariff:
            // Of a percent of a percent what is below a whole micro-unit is not shown.
            let now = UInt128(price.rawValue) * UInt128(percent) * UInt128(anglePercent) / 10_000
            let shown = Amount(rawValue: UInt64(clamping: now))
            let whole = Int(percent) * Int(anglePercent) / 100
            return [Self.line("RATE", "\(whole) %"), Self.line("a kWh", "\(shown)")]
        case .transfer:
            return [
                Self.line("TOKEN", Self.money(remaining)), Self.line("TANK", Self.money(purse.balance)),
            ]
        case .debt: return [Self.line("OWED", "\(debt)"), Self.line("", debt > .zero ? "PAID AT NEXT" : "")]
        }
    }

    /// What is to be said, in one line.
    private var note: String {
        switch decision.reason {
        case .noValue: "NO CREDIT"
        case .emergencyCredit: "EMERGENCY CREDIT"
        case .friendlyCredit: "FRIENDLY CREDIT"
        case .blocked: "BLOCKED"
        case .tampered: "SEAL BROKEN"
        case .memory: "FAULT: MEMORY"
        case .notIssued: "NOT ISSUED"
        case .value:
            purse?.balance == .zero
                ? "LAST TOKEN" : value < lowCredit ? "LOW CREDIT" : isTimeUnknown ? "TIME UNKNOWN" : ""
        }
    }

    /// To the cent, as people count; never more than there is.
    private static func money(_ amount: Amount) -> String {
        let hundredths = amount.rawValue / 10_000
        return "\(hundredths / 100).\(String(100 + hundredths % 100).dropFirst())"
    }

    /// Sixteen characters; what is right is kept whole.
    private static func line(_ left: String, _ right: String) -> String {
        let right = String(right.suffix(16))
        let left = String(left.prefix(16 - right.count))
        return left + String(repeating: " ", count: 16 - left.count - right.count) + right
    }
}
