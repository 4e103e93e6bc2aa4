/// What a meter charges by: rules, or a tariff table, which is rules with one source in other words (protocol §5, §10).
///
/// A meter keeps one list of them, ordered by their effective times; each has an id and a currency.
public enum ChargeSystem: Sendable, Hashable {
    case rules(SupplyRules)
    /// A table does not hold the time at which it comes into force; CONVERT TARIFF does.
    case table(TariffTable, effective: Timestamp)

    /// Above 0.
    public var id: UInt16 {
        switch self {
        case .rules(let rules): rules.id
        case .table(let table, _): table.id
        }
    }

    public var effective: Timestamp {
        switch self {
        case .rules(let rules): rules.effective
        case .table(_, let effective): effective
        }
    }

    public var currency: Currency {
        switch self {
        case .rules(let rules): rules.currency
        case .table(let table, _): table.currency
        }
    }

    /// The rules; nil for a table.
    public var rules: SupplyRules? {
        if case .rules(let rules) = self { rules } else { nil }
    }

    /// Percent of each credit that repays debt; all of it under a table.
    public var debtShare: UInt8 { rules?.debtShare ?? 100 }

    /// Whether a meter with channels 0 to `channelCount` − 1 can charge by it: rules need a source for each, and a
    /// table has one price only.
    public func covers(channelCount: Int) -> Bool {
        switch self {
        case .rules(let rules): rules.firstChannelWithoutSource(channelCount: channelCount) == nil
        case .table: channelCount == 1
        }
    }
}
