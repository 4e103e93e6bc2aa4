public import Metrology
internal import ValueElement
internal import ValueProtocol

/// What an electric meter's display can show: two lines of sixteen characters a page.
public enum DisplayPage: Sendable, Hashable {
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
    /// All that is to be said.
    case message
    /// What is measured in a channel, counted from 1: volts, amperes, power factor, watts.
    case channel(Int)

    /// Those of every meter, in the order of the keys 1 to 7.
    static let fixed: [DisplayPage] = [.balance, .power, .use, .tariff, .debt, .transfer, .message]

    /// The page after this one, round and round.
    func next(channels: Int) -> DisplayPage {
        if case .channel(let number) = self { return number < channels ? .channel(number + 1) : .balance }
        guard let place = DisplayPage.fixed.firstIndex(of: self), place + 1 < DisplayPage.fixed.count else {
            return .channel(1)
        }
        return DisplayPage.fixed[place + 1]
    }
}

extension ElectricReading {
    /// A page.
    ///
    /// - Parameters:
    ///   - page: which.
    ///   - channels: what is measured now in each channel; nil where nothing is.
    /// - Returns: two lines of sixteen characters.
    public func display(_ page: DisplayPage, channels: [ChannelReading?] = []) -> [String] {
        guard let purse else { return [DisplayLine.of("NOT ISSUED", ""), DisplayLine.of("", "")] }
        switch page {
        case .balance:
            return [DisplayLine.of("\(purse.currency)", Self.money(value)), DisplayLine.of(messages.first ?? "", "")]
        case .power:
            let shown = channels.map { String(Int(($0?.activePower ?? 0).rounded())) }.joined(separator: " ")
            return [DisplayLine.of("POWER W", ""), DisplayLine.of("", shown)]
        case .use:
            let microjoules = imported.reduce(0) { $0 + $1.microjoules }
            let wattHours = microjoules / Energy.microjoulesPerWattHour
            return [DisplayLine.of("USED kWh", ""), DisplayLine.of("", Self.thousandths(wattHours))]
        case .tariff:
            // Of a percent of a percent what is below a whole micro-unit is not shown.
            let now = UInt128(price.rawValue) * UInt128(percent) * UInt128(anglePercent) / 10_000
            let shown = Amount(rawValue: UInt64(clamping: now))
            let whole = Int(percent) * Int(anglePercent) / 100
            return [DisplayLine.of("RATE", "\(whole) %"), DisplayLine.of("a kWh", "\(shown)")]
        case .transfer:
            return [
                DisplayLine.of("TOKEN", Self.money(remaining)), DisplayLine.of("TANK", Self.money(purse.balance)),
            ]
        case .debt:
            return [DisplayLine.of("OWED", "\(debt)"), DisplayLine.of("", debt > .zero ? "PAID AT NEXT" : "")]
        case .message: return Self.page(of: messages)
        case .channel(let number):
            guard number > 0, number <= channels.count else {
                return [DisplayLine.of("NO CHANNEL", ""), DisplayLine.of("", "")]
            }
            return Self.page(of: channels[number - 1], number)
        }
    }

    private static func page(of messages: [String]) -> [String] {
        let second =
            messages.count > 2
            ? DisplayLine.of(messages[1], " +\(messages.count - 2)")
            : DisplayLine.of(messages.dropFirst().first ?? "", "")
        return [DisplayLine.of(messages.first ?? "NO MESSAGE", ""), second]
    }

    private static func page(of channel: ChannelReading?, _ number: Int) -> [String] {
        guard let channel else { return [DisplayLine.of("\(number)", "OFF"), DisplayLine.of("", "")] }
        let volts = thousandths(Int64((channel.voltage * 1_000).rounded())).dropLast(2)
        let amperes = thousandths(Int64((channel.current * 1_000).rounded()))
        // Below the creep limit there is no angle.
        let factor = channel.isCreeping ? 0 : Int64((channel.powerFactor * 1_000).rounded())
        let kind = factor == 0 || factor.magnitude == 1_000 ? "" : channel.reactivePower < 0 ? "CAP" : "IND"
        let watts = Int(channel.activePower.rounded())
        return [
            DisplayLine.of("\(number) \(volts)V", "\(amperes)A"),
            DisplayLine.of("\(thousandths(factor))\(kind)", "\(watts)W"),
        ]
    }

    /// All that is to be said, what weighs most first.
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
        case .value:
            if purse?.balance == .zero {
                messages.append("LAST TOKEN")
            } else if value < lowCredit {
                messages.append("LOW CREDIT")
            }
        }
        messages += faultyRelays.map { "RELAY \($0) FAULT" }
        if isSealBroken, decision.reason != .tampered { messages.append("SEAL BROKEN") }
        if isTimeUnknown { messages.append("TIME UNKNOWN") }
        return messages
    }

    /// To the cent, as people count; never more than there is.
    private static func money(_ amount: Amount) -> String {
        let hundredths = amount.rawValue / 10_000
        return "\(hundredths / 100).\(String(100 + hundredths % 100).dropFirst())"
    }

    private static func thousandths(_ value: Int64) -> String {
        let fraction = String(1_000 + value.magnitude % 1_000).dropFirst()
        return "\(value < 0 ? "-" : "")\(value.magnitude / 1_000).\(fraction)"
    }
}
