public import ValueProtocol

/// What is known of a branch: the readings of its local unit at the transformer, and those of its meters.
public struct BranchRecords: Sendable {
    /// The local unit whose current transformer measures the branch's total.
    public let unit: PartyID
    /// The length of the intervals that are compared.
    public let interval: BalanceInterval
    /// What the branch took from its transformer, Wh per interval, by the unit's clock.
    public let total: [UsageRecord]
    /// What the branch gave back through its transformer, Wh per interval.
    public let totalGivenBack: [UsageRecord]
    /// The meters of the branch, in any order, each EID once.
    public let meters: [BranchMeter]
    /// The temperature along the line; empty where it is not known.
    public let temperatures: [LineTemperature]

    /// - Parameters:
    ///   - unit: the local unit at the transformer.
    ///   - interval: of all series but the meters' days.
    ///   - total: the unit's series `01` or `07`.
    ///   - totalGivenBack: its series `08` or `09`.
    ///   - meters: all that are fed from this transformer.
    ///   - temperatures: by time, in any order.
    public init(
        unit: PartyID, interval: BalanceInterval, total: [UsageRecord], totalGivenBack: [UsageRecord] = [],
        meters: [BranchMeter], temperatures: [LineTemperature] = []
    ) {
        self.unit = unit
        self.interval = interval
        self.total = total
        self.totalGivenBack = totalGivenBack
        self.meters = meters
        self.temperatures = temperatures
    }
}

/// The length of the intervals of a balance.
public enum BalanceInterval: UInt32, Sendable, Hashable {
    /// Series `07` and `09`.
    case quarterHour = 900
    /// Series `01` and `08`.
    case hour = 3600

    /// Hours.
    var hours: Double { Double(rawValue) / 3600 }

    var perDay: Int { Int(86_400 / rawValue) }
}

/// A meter of a branch, with its readings.
public struct BranchMeter: Sendable {
    public let meter: PartyID
    public let accuracyClass: InstrumentClass
    /// What was used, Wh per interval, by the meter's clock. A missing record is a gap.
    public let use: [UsageRecord]
    /// What was given back, Wh per interval. Meters write no record where it is 0.
    public let givenBack: [UsageRecord]
    /// What was used per day, Wh: the series `02`, which tells what is missing in `use`.
    public let days: [UsageRecord]
    /// When it was installed; nil: before its first record.
    public let installed: Timestamp?
    /// When it was removed or replaced by another; nil: it is still there.
    public let removed: Timestamp?

    /// - Parameters:
    ///   - meter: its EID.
    ///   - accuracyClass: of its energy, as in class 1 of IEC 62053-21.
    ///   - use: series `01` or `07`.
    ///   - givenBack: series `08` or `09`.
    ///   - days: series `02`.
    ///   - installed: before it, nothing was used here. Nil: no earlier than its first record.
    ///   - removed: from then on nothing is used through it. Nil: where it has no record, the record is missing.
    public init(
        meter: PartyID, accuracyClass: InstrumentClass = .class1, use: [UsageRecord], givenBack: [UsageRecord] = [],
        days: [UsageRecord] = [], installed: Timestamp? = nil, removed: Timestamp? = nil
    ) {
        self.meter = meter
        self.accuracyClass = accuracyClass
        self.use = use
        self.givenBack = givenBack
        self.days = days
        self.installed = installed
        self.removed = removed
    }
}

/// The temperature of the air along a line from some time on.
public struct LineTemperature: Sendable, Hashable {
    public let time: Timestamp
    /// Degrees Celsius.
    public let celsius: Double

    public init(time: Timestamp, celsius: Double) {
        self.time = time
        self.celsius = celsius
    }
}

/// The accuracy class of a meter (IEC 62053-21) or a current transformer (IEC 61869-2).
public struct InstrumentClass: Sendable, Hashable {
    /// The limit of the error at nominal load, in percent.
    public let percent: Double

    /// - Parameter percent: above 0.
    public init(percent: Double) {
        precondition(percent > 0, "a class is a limit above 0")
        self.percent = percent
    }

    public static let class02 = InstrumentClass(percent: 0.2)
    public static let class05 = InstrumentClass(percent: 0.5)
    public static let class1 = InstrumentClass(percent: 1)
    public static let class2 = InstrumentClass(percent: 2)

    /// The standard deviation, as a share, of an error that may be anywhere within the limit.
    var deviation: Double { percent / 100 / 3.0.squareRoot() }
}
