import Meter
import ValueProtocol

extension MeterEvent.Code {
    private static let names: [MeterEvent.Code: String] = [
        .supplyOn: "supply on", .supplyOff: "supply off", .supplyReason: "supply for another reason",
        .channelOff: "channel switched off", .channelOn: "channel on again", .channelOverloaded: "channel overloaded",
        .powerUp: "power is back", .lastGasp: "power goes", .lastToken: "last token",
        .emergencyAsked: "emergency credit asked for", .debtRepaid: "debt repaid", .cardRedeemed: "card redeemed",
        .clockSet: "clock set", .clockLost: "clock lost", .bypassBegins: "bypass begins", .bypassEnds: "bypass ends",
        .coverOpened: "cover opened", .coverClosed: "cover closed", .magnetBegins: "magnet near",
        .magnetEnds: "magnet gone", .sealBroken: "seal broken", .sealed: "sealed", .relayWelded: "relay welded",
        .relayNotSwitching: "relay not switching", .relayWorks: "relay works", .surge: "surge",
        .arresterWorn: "arrester worn",
    ]

    /// In words; one without a name is shown as its number.
    var name: String {
        let digits = String(rawValue, radix: 16, uppercase: true)
        return Self.names[self] ?? "event " + String(repeating: "0", count: 4 - digits.count) + digits
    }
}

extension MeterEvent {
    /// What it says besides its name: a reason, an amount, a channel, a count.
    var detail: String? {
        switch code {
        case .supplyOn, .supplyOff, .supplyReason:
            let reasons = SupplyDecision.Reason.allCases
            return Int(value) < reasons.count ? reasons[Int(value)].text : nil
        case .lastToken, .debtRepaid, .cardRedeemed: return Self.amount(value)
        case .powerUp: return value == 0 ? nil : "\(Self.amount(value)) lost"
        case .relayWelded, .relayNotSwitching, .relayWorks, .channelOff, .channelOn, .channelOverloaded:
            return "channel \(value)"
        case .surge: return "\(value) so far"
        default: return nil
        }
    }

    /// One line without its time.
    var line: String { code.name + (detail.map { ": \($0)" } ?? "") }

    private static func amount(_ value: UInt32) -> String {
        let text = "\(Amount(rawValue: UInt64(value)))"
        return value == .max ? "\(text) or more" : text
    }
}

extension SupplyDecision.Reason {
    /// In words.
    var text: String {
        switch self {
        case .value: "value"
        case .emergencyCredit: "emergency credit"
        case .friendlyCredit: "friendly credit"
        case .noValue: "no value"
        case .notIssued: "not issued"
        case .blocked: "blocked"
        case .tampered: "tampered with"
        case .memory: "memory failed"
        default: rawValue
        }
    }
}
