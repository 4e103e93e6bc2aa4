import ValueProtocol

extension EventRecord {
    /// The detail besides its name: a reason, an amount, a channel, a count.
    var detail: String? {
        switch code {
        case .supplyOn, .supplyOff, .supplyReason:
            return UInt8(exactly: value).flatMap(SupplyReason.init(rawValue:)).map { "\($0)" }
        case .lastToken, .debtRepaid, .cardRedeemed: return Self.amount(value)
        case .powerUp: return value == 0 ? nil : "\(Self.amount(value)) lost"
        case .relayWelded, .relayNotSwitching, .relayWorks, .channelOff, .channelOn, .channelOverloaded,
            .reversalBegins,
            .reversalEnds, .rangeLeft, .rangeKept:
            return "channel \(value)"
        case .surge: return "\(value) so far"
        default: return nil
        }
    }

    /// In words, without its time.
    var text: String { name + (detail.map { ": \($0)" } ?? "") }

    private static func amount(_ value: UInt32) -> String {
        let text = "\(Amount(rawValue: UInt64(value)))"
        return value == .max ? "\(text) or more" : text
    }
}
