public import Metrology
public import ValueElement
public import ValueProtocol

/// The readings of an electric meter.
///
/// `drawn + debt + paid = spent + remaining + forfeited + deposited + debtAdded − debtRemitted`, always: what was drawn,
/// lent, or paid for energy given back, is spent, in the current token, lost in a power cut, or back in the purse.
public struct ElectricReading: Sendable, Hashable {
    public let id: PartyID
    public let state: LifeCycle
    /// Nil before it is issued.
    public let purse: Purse?
    /// Of the current token.
    public let remaining: Amount
    /// On energy and standing charges, since manufacture.
    public let spent: Amount
    /// From the purse with tokens, and from credits that repaid debt.
    public let drawn: Amount
    /// In power cuts.
    public let forfeited: Amount
    /// Used without having been paid for, or added by the host, and not yet repaid.
    public let debt: Amount
    /// Debt that the host added, since manufacture.
    public let debtAdded: Amount
    /// Debt that the host remitted, since manufacture.
    public let debtRemitted: Amount
    /// For energy given back, since manufacture.
    public let paid: Amount
    /// Of what was paid, moved to the purse.
    public let deposited: Amount
    /// Energy from the line, per channel.
    public let imported: [Energy]
    /// Energy to the line, per channel.
    public let exported: [Energy]
    /// Per kWh, of the first channel.
    public let price: Amount
    /// Of the price, at present.
    public let percent: UInt16
    /// Of the rate, by the angle between voltage and current.
    public let anglePercent: UInt16
    /// What was used at each rate, since manufacture.
    public let rates: [RateRegister]
    public let decision: SupplyDecision
    public let lowCredit: Amount
    /// Whether the clock was lost and has not been set since.
    public let isTimeUnknown: Bool
    /// Whether cover or terminals were tampered with since the host sealed the meter.
    public let isSealBroken: Bool
    /// Channels, counted from 1, whose relay does not switch or passes energy while open.
    public let faultyRelays: [Int]
    /// Channels, counted from 1, with energy from their load in this hour or the one before, although their installation
    /// gives none.
    public let reversedChannels: [Int]
    /// Channels, counted from 1, that carried more than they can measure in this hour or the one before.
    public let exceededChannels: [Int]

    /// In the purse and in the current token.
    public var value: Amount { Amount(rawValue: (purse?.balance.rawValue ?? 0) &+ remaining.rawValue) }
}

extension ElectricMeter {
    /// The present readings; no authentication needed.
    public var reading: ElectricReading {
        let account = image?.debt ?? DebtAccount()
        return ElectricReading(
            id: id, state: image?.state ?? .blank, purse: purse, remaining: registers.remaining, spent: registers.spent,
            drawn: registers.drawn.addingUpToMost(account.repaid), forfeited: registers.forfeited, debt: debt,
            debtAdded: account.added, debtRemitted: account.remitted, paid: registers.paid,
            deposited: registers.deposited,
            imported: registers.channels.map(\.imported), exported: registers.channels.map(\.exported),
            price: terms.basePrice(), percent: terms.percent, anglePercent: terms.anglePercent ?? 100,
            rates: registers.rates.registers, decision: decision, lowCredit: creditRules.lowCredit,
            isTimeUnknown: registers.isTimeUnknown,
            isSealBroken: registers.watch.isSealBroken,
            faultyRelays: channels(registers.watch.faultyRelays | registers.watch.flowingRelays),
            reversedChannels: channels(registers.marks.reversed),
            exceededChannels: channels(registers.marks.exceeded))
    }

    /// The channels of a set of bits, counted from 1.
    private func channels(_ bits: UInt8) -> [Int] {
        parts.relays.indices.filter { bits & 1 << UInt8($0) != 0 }.map { $0 + 1 }
    }

    /// The time by the meter's own clock.
    public var time: Timestamp { parts.clock.now }

    /// The usage records of a series (protocol §6), oldest first; for each open period its content so far.
    ///
    /// - Parameters:
    ///   - series: hours, days, weeks or months.
    ///   - from: inclusive.
    ///   - to: inclusive.
    public func usage(
        _ series: UsageSeries, from: Timestamp = Timestamp(rawValue: 0), to: Timestamp = Timestamp(rawValue: .max)
    ) -> [UsageRecord] {
        log.usage(series, from: from, to: to)
    }

    /// The number of events since manufacture.
    public var eventCount: Int { Int(registers.events) }

    /// The events in order of occurrence.
    ///
    /// - Parameters:
    ///   - from: inclusive.
    ///   - to: inclusive.
    public func events(
        from: Timestamp = Timestamp(rawValue: 0), to: Timestamp = Timestamp(rawValue: .max)
    ) -> [EventRecord] {
        log.events.events(from: from, to: to)
    }
}
