extension ChargeSystem {
    /// Which rate applies when.
    ///
    /// - Parameter tableCalendar: the meter's configured offset and holidays, for a table; rules have their own.
    public func schedule(tableCalendar: SupplyCalendar) -> TariffSchedule {
        switch self {
        case .rules(let rules): TariffSchedule(rules)
        case .table(let table, _): TariffSchedule(table, calendar: tableCalendar)
        }
    }

    /// What use of a source costs at a percentage of its price; nil if the channel has no source.
    ///
    /// - Parameters:
    ///   - channel: of the meter; a table has channel 0 alone.
    ///   - percent: of the rate in force.
    ///   - unitsPerThousand: how many units of quantity make a kWh or m³; a multiple of 1,000.
    ///   - anglePercent: of the price, by the angle between voltage and current; nil where no angle counts.
    public func prices(
        channel: Int, percent: UInt16, unitsPerThousand: UInt64 = 1000, anglePercent: UInt16? = nil
    ) -> BlockPrices? {
        switch self {
        case .rules(let rules):
            rules.sources.first { Int($0.channel) == channel }.map { source in
                BlockPrices(
                    price: source.price, percent: percent, blocks: rules.blocks, unitsPerThousand: unitsPerThousand,
                    anglePercent: anglePercent)
            }
        case .table(let table, _):
            channel == 0
                ? BlockPrices(
                    price: table.price, percent: percent, unitsPerThousand: unitsPerThousand, anglePercent: anglePercent
                )
                : nil
        }
    }

    /// How much of a credit repays debt: ⌊credit × share ÷ 100⌋, at most the debt (protocol §10).
    ///
    /// - Parameters:
    ///   - debt: before the credit.
    ///   - credit: a STORE CREDIT, or a debit that a meter credits.
    public func repayment(of debt: Amount, from credit: Amount) -> Amount {
        let product = credit.rawValue.multipliedFullWidth(by: UInt64(debtShare))
        // A share is at most 100, so the quotient fits.
        return min(debt, Amount(rawValue: (100 as UInt64).dividingFullWidth(product).quotient))
    }
}

extension SupplyRules {
    /// How much of a credit repays debt; see ``ChargeSystem/repayment(of:from:)``.
    ///
    /// - Parameters:
    ///   - debt: before the credit.
    ///   - credit: a STORE CREDIT, or a debit that a meter credits.
    public func repayment(of debt: Amount, from credit: Amount) -> Amount {
        ChargeSystem.rules(self).repayment(of: debt, from: credit)
    }
}
