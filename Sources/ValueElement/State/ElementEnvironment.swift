public import CardCrypto
public import ValueProtocol

/// The clock of a meter's element; supplied by the meter.
public protocol ElementClock: AnyObject {
    /// Seconds since 1970-01-01 UTC.
    var now: Timestamp { get }
    /// Sets the clock.
    func set(to time: Timestamp)
}

/// The usage and events that a meter has recorded; supplied by the meter.
public protocol UsageLog: AnyObject {
    /// The records of a series with start or time in `from...to`, oldest first.
    func records(_ series: UsageSeries, from: Timestamp, to: Timestamp) -> [[UInt8]]

    /// The same records with their numbers, which ascend and stay as long as the record does, also when older ones make
    /// way: a reading that has several pages goes on after a number.
    ///
    /// By default the number is the start of a usage record, above the one before where a start comes again, and the
    /// position of an event.
    func numberedRecords(_ series: UsageSeries, from: Timestamp, to: Timestamp) -> [NumberedRecord]
}

/// A record of a usage log.
public struct NumberedRecord: Sendable, Hashable {
    public let number: UInt32
    /// In the layout of its series.
    public let bytes: [UInt8]

    public init(number: UInt32, bytes: [UInt8]) {
        self.number = number
        self.bytes = bytes
    }
}

extension UsageLog {
    public func numberedRecords(_ series: UsageSeries, from: Timestamp, to: Timestamp) -> [NumberedRecord] {
        var next: UInt32 = 0
        return records(series, from: from, to: to).map { record in
            let start = record.prefix(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
            let number = series == .events ? next : max(start, next)
            next = number == .max ? .max : number + 1
            return NumberedRecord(number: number, bytes: record)
        }
    }
}

/// A card has no clock: it reads 0, and setting it is refused before it gets here.
public final class NullClock: ElementClock {
    public init() {}
    public let now = Timestamp(rawValue: 0)
    public func set(to time: Timestamp) {}
}

/// Records nothing.
public final class NullUsageLog: UsageLog {
    public init() {}
    public func records(_ series: UsageSeries, from: Timestamp, to: Timestamp) -> [[UInt8]] { [] }
}

/// What a meter has done with value that left its purse, as its ACCOUNT tells (protocol §10), and what it measures.
public protocol MeteredTotals {
    var totals: MeteredValue { get }
    /// How many sources it measures separately; one by default. Rules need a price for each.
    var channelCount: Int { get }
}

extension MeteredTotals {
    public var channelCount: Int { 1 }
}

/// Micro-units, since manufacture but for the first. Debt is part of the element, see ``DebtAccount``.
public struct MeteredValue: Sendable, Hashable {
    /// What is left of the token in use.
    public var inUse: Amount
    public var spent: Amount
    /// Lost with tokens in power cuts.
    public var forfeited: Amount
    /// For energy given back.
    public var paid: Amount
    public var supply: MeterSupply

    public init(
        inUse: Amount = .zero, spent: Amount = .zero, forfeited: Amount = .zero, paid: Amount = .zero,
        supply: MeterSupply = .off
    ) {
        self.inUse = inUse
        self.spent = spent
        self.forfeited = forfeited
        self.paid = paid
        self.supply = supply
    }
}

/// What an element gets from outside.
public struct ElementEnvironment {
    public var randomness: any RandomSource
    public var clock: any ElementClock
    public var usage: any UsageLog
    /// Nil of a card, and of a meter's memory that is not in its meter: it has no account to tell.
    public var account: (any MeteredTotals)?

    public init(
        randomness: any RandomSource = SystemRandomness(), clock: any ElementClock = NullClock(),
        usage: any UsageLog = NullUsageLog(), account: (any MeteredTotals)? = nil
    ) {
        self.randomness = randomness
        self.clock = clock
        self.usage = usage
        self.account = account
    }
}
