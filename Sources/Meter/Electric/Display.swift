public import Metrology
internal import ValueElement
internal import ValueProtocol

/// The pages of an electric meter's display: two lines of sixteen characters each.
public enum DisplayPage: Sendable, Hashable {
    /// Remaining value, and the most important message.
    case balance
    /// Present power of each channel.
    case power
    /// Energy used so far.
    case use
    /// The current rate.
    case tariff
    /// The debt.
    case debt
    /// Value in transfer: in the current token, and in the tank from which tokens come.
    case transfer
    /// All messages.
    case message
    /// The price that follows, and when.
    case next
    /// The month's use, and the block of prices that it has reached.
    case month
    /// The standing charge.
    case standingCharge
    /// For how many days value lasts.
    case daysLeft
    /// The measurements of a channel, counted from 1: volts, amperes, power factor, watts.
    case channel(Int)

    /// The pages of every meter; the first have the keys 1 to 7.
    static let fixed: [DisplayPage] = [
        .balance, .power, .use, .tariff, .debt, .transfer, .message, .next, .month, .standingCharge, .daysLeft,
    ]

    /// Whether it shows what is charged by.
    public var showsCharges: Bool {
        switch self {
        case .tariff, .debt, .next, .month, .standingCharge, .daysLeft: true
        default: false
        }
    }

    /// The next page, cyclically.
    func next(channels: Int) -> DisplayPage {
        if case .channel(let number) = self { return number < channels ? .channel(number + 1) : .balance }
        guard let index = DisplayPage.fixed.firstIndex(of: self), index + 1 < DisplayPage.fixed.count else {
            return .channel(1)
        }
        return DisplayPage.fixed[index + 1]
    }
}

extension ElectricReading {
    /// The text of a page.
    ///
    /// - Parameters:
    ///   - page: which page.
    ///   - channels: the present reading of each channel; nil if there is none.
    ///   - charges: what is charged by; pages that tell it are empty without.
    /// - Returns: two lines of sixteen characters.
    public func display(
        _ page: DisplayPage, channels: [ChannelReading?] = [], charges: ElectricCharges? = nil
    ) -> [String] {
        guard let purse else { return [DisplayLine.of("NOT ISSUED", ""), DisplayLine.of("", "")] }
        switch page {
        case .balance:
            return [
                DisplayLine.of("\(purse.currency)", forms: DisplayLine.forms(value)),
                DisplayLine.of(messages.first ?? "", ""),
            ]
        case .power:
            let watts = channels.map { Int64(($0?.activePower ?? 0).rounded()) * 1_000 }
            let forms = watts.map { DisplayLine.forms(thousandths: $0, digits: 0) }
            // All channels in the same form, or else what they draw together.
            let shown = (0..<3).map { form in forms.map { $0[form] }.joined(separator: " ") }
            let sum = DisplayLine.forms(thousandths: watts.reduce(0, +), digits: 0)
            return [
                DisplayLine.of("POWER W", ""), DisplayLine.of("", forms: shown + sum.map { "SUM \($0)" }),
            ]
        case .use:
            let wattHours = Int64(clamping: imported.reduce(Energy.zero, +).microjoules / Energy.microjoulesPerWattHour)
            return [
                DisplayLine.of("USED kWh", ""), DisplayLine.of("", forms: DisplayLine.forms(thousandths: wattHours)),
            ]
        case .tariff:
            // Fractions of a micro-unit are not shown.
            let ofRate = charges?.prices.first.map { UInt128($0.rawValue) * 100 }
            let now = (ofRate ?? UInt128(price.rawValue) * UInt128(percent)) * UInt128(anglePercent) / 10_000
            let shown = Amount(rawValue: UInt64(clamping: now))
            let whole = Int(percent) * Int(anglePercent) / 100
            return [
                DisplayLine.of(charges.map { $0.rate > 1 ? "RATE \($0.rate)" : "RATE" } ?? "RATE", "\(whole) %"),
                DisplayLine.of("per kWh", forms: DisplayLine.forms(shown, isExact: true)),
            ]
        case .transfer:
            return [
                DisplayLine.of("TOKEN", forms: DisplayLine.forms(remaining)),
                DisplayLine.of("TANK", forms: DisplayLine.forms(purse.balance)),
            ]
        case .debt:
            return [
                DisplayLine.of("OWED", forms: DisplayLine.forms(debt, isExact: true)),
                DisplayLine.of("", debt > .zero ? Self.repayment(charges) : ""),
            ]
        case .next, .month, .standingCharge, .daysLeft:
            return charges.map { Self.page(page, $0, purse.currency) } ?? [
                DisplayLine.of("", ""), DisplayLine.of("", ""),
            ]
        case .message: return Self.page(of: messages)
        case .channel(let number):
            guard number > 0, number <= channels.count else {
                return [DisplayLine.of("NO CHANNEL", ""), DisplayLine.of("", "")]
            }
            return Self.page(of: channels[number - 1], number)
        }
    }

    /// How debt is repaid.
    private static func repayment(_ charges: ElectricCharges?) -> String {
        guard let share = charges?.debtShare, share < 100 else { return "PAID AT NEXT" }
        return share == 0 ? "NOT FROM CREDIT" : "\(share) % OF NEXT"
    }

    private static func page(_ page: DisplayPage, _ charges: ElectricCharges, _ currency: Currency) -> [String] {
        switch page {
        case .next:
            guard let next = charges.next else { return [DisplayLine.of("NEXT RATE", ""), DisplayLine.of("", "NONE")] }
            let (hour, minute) = (next.localMinute / 60, String(100 + next.localMinute % 60).dropFirst())
            return [
                DisplayLine.of("NEXT RATE", "\(hour):\(minute)"),
                DisplayLine.of("per kWh", forms: DisplayLine.forms(next.price, isExact: true)),
            ]
        case .month:
            let use = DisplayLine.forms(thousandths: Int64(clamping: charges.monthUse))
            return [
                DisplayLine.of(charges.block.map { "BLOCK \($0.reached) OF \($0.count)" } ?? "THIS MONTH", ""),
                DisplayLine.of("kWh", forms: use),
            ]
        case .standingCharge:
            guard let charge = charges.standingCharge else {
                return [DisplayLine.of("STANDING CHARGE", ""), DisplayLine.of("", "NONE")]
            }
            return [
                DisplayLine.of("STANDING CHARGE", ""),
                DisplayLine.of(
                    charge.period == .day ? "per day" : "per month",
                    forms: DisplayLine.forms(charge.amount, isExact: true)),
            ]
        default:
            return [
                DisplayLine.of("LASTS", ""),
                DisplayLine.of("days", charges.daysLeft.map { "\($0)" } ?? "not known"),
            ]
        }
    }

    private static func page(of messages: [String]) -> [String] {
        let second =
            messages.count > 2
            ? DisplayLine.of(messages[1], "+\(messages.count - 2)")
            : DisplayLine.of(messages.dropFirst().first ?? "", "")
        return [DisplayLine.of(messages.first ?? "NO MESSAGE", ""), second]
    }

    private static func page(of channel: ChannelReading?, _ number: Int) -> [String] {
        guard let channel else { return [DisplayLine.of("\(number)", "OFF"), DisplayLine.of("", "")] }
        let volts = thousandths(Int64((channel.voltage * 1_000).rounded())).dropLast(2)
        let amperes = DisplayLine.forms(thousandths: Int64((channel.current * 1_000).rounded()), unit: "A")
        // Below the creep limit there is no valid angle.
        let factor = channel.isCreeping ? 0 : Int64((channel.powerFactor * 1_000).rounded())
        let kind = factor == 0 || factor.magnitude == 1_000 ? "" : channel.reactivePower < 0 ? "CAP" : "IND"
        let watts = DisplayLine.forms(
            thousandths: Int64(channel.activePower.rounded()) * 1_000, digits: 0, unit: "W")
        return [
            DisplayLine.of("\(number) \(volts)V", forms: amperes),
            DisplayLine.of("\(thousandths(factor))\(kind)", forms: watts),
        ]
    }

    /// All messages, most important first.
    public var messages: [String] {
        var messages: [String] = []
        switch decision.reason {
        case .noValue: messages.append("NO CREDIT")
        case .emergencyCredit: messages.append("EMERGENCY CREDIT")
        case .friendlyCredit: messages.append("FRIENDLY CREDIT")
        case .blocked: messages.append("BLOCKED")
        case .tampered: messages.append("SEAL BROKEN")
        case .memory: messages.append("FAULT: MEMORY")
        case .notIssued: messages.append("NOT ISSUED")
        case .freeRate: messages.append("FREE RATE")
        case .limited: messages.append("LIMIT EXCEEDED")
        case .waitsForPerson: messages.append("PRESS # FOR ON")
        case .value:
            if purse?.balance == .zero {
                messages.append("LAST TOKEN")
            } else if value < lowCredit {
                messages.append("LOW CREDIT")
            }
        }
        messages += faultyRelays.map { "RELAY \($0) FAULT" }
        messages += exceededChannels.map { "OVER RANGE \($0)" }
        messages += reversedChannels.map { "REVERSED \($0)" }
        if isSealBroken, decision.reason != .tampered { messages.append("SEAL BROKEN") }
        if isTimeUnknown { messages.append("TIME UNKNOWN") }
        return messages
    }

    private static func thousandths(_ value: Int64) -> String {
        let fraction = String(1_000 + value.magnitude % 1_000).dropFirst()
        return "\(value < 0 ? "-" : "")\(value.magnitude / 1_000).\(fraction)"
    }
}
