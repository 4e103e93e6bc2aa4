public import ValueProtocol

/// What the two ends of a trunk say to each other: a host and an area unit, or an area unit and a local unit.
///
/// The lower side dials and says hello first. A side that receives what the other may not say, or may not say yet, closes that
/// trunk. Messages of one direction arrive in their order or not at all.
public enum TrunkMessage: Sendable, Hashable {
    /// The first message of each side, and only the first.
    case hello(TrunkHello)

    // From the upper side.
    /// Exchanges to carry out, or to go on with after a reconnection. Each takes one of the credit.
    case exchanges([TrunkExchange])
    /// The upper side takes these back, where the element has not yet received them.
    case cancel([ExchangeID])
    /// The answers to these have arrived: the lower side forgets them.
    case acknowledge([ExchangeID])
    /// All reports up to this number have arrived.
    case acknowledgeReports(UInt64)

    // From the lower side.
    /// So many more exchanges may be sent in this connection; from 1 up.
    case credit(UInt32)
    /// These have arrived: sent again, they need no command.
    case accepted([ExchangeID])
    case answers([TrunkAnswer])
    /// What the unit has noticed, numbered.
    case reports([TrunkReport])

    /// The name of the message in `trunk.proto`.
    public var name: String {
        switch self {
        case .hello: "hello"
        case .exchanges: "exchanges"
        case .cancel: "cancel"
        case .acknowledge: "acknowledge"
        case .acknowledgeReports: "acknowledge_reports"
        case .credit: "credit"
        case .accepted: "accepted"
        case .answers: "answers"
        case .reports: "reports"
        }
    }
}

/// The first message of each side.
public struct TrunkHello: Sendable, Hashable {
    /// The highest version that the sender knows. The lower of the two is spoken.
    public var version: UInt32
    /// A random number of the sender's process, drawn when it starts and above 0. Another number means that whatever the other
    /// side knew is lost.
    public var process: UInt64
    /// The most items of one message that the sender takes: exchanges, ids, answers or reports.
    public var maxItems: Int
    /// The most bytes of commands, responses or lists of meters in one message that the sender takes; at least 65,544.
    public var maxBytes: Int
    /// The number of the queue in which a lower side keeps loads and recoveries over a restart; 0 where it keeps none. Where it
    /// is the same as before, another process goes on with those.
    public var queue: UInt64

    /// The version of these messages.
    public static let version: UInt32 = 1
    /// The least that ``maxBytes`` may be: one command of any length fits.
    public static let minBytes = 65_544

    public init(
        version: UInt32 = Self.version, process: UInt64, maxItems: Int = 256, maxBytes: Int = 262_144,
        queue: UInt64 = 0
    ) {
        self.version = version
        self.process = process
        self.maxItems = maxItems
        self.maxBytes = maxBytes
        self.queue = queue
    }
}

/// An exchange as a trunk carries it.
public struct TrunkExchange: Sendable, Hashable {
    public let id: ExchangeID
    public let meter: PartyID
    public let device: Exchange.Device
    public let priority: Exchange.Priority
    /// The time left to its deadline, in whole milliseconds.
    public let timeLeft: Duration
    /// The command APDU. Empty: it was accepted in an earlier connection, and its answer is asked for.
    public let command: [UInt8]

    public init(
        _ id: ExchangeID, with meter: PartyID, _ device: Exchange.Device, _ priority: Exchange.Priority,
        timeLeft: Duration, command: [UInt8]
    ) {
        self.id = id
        self.meter = meter
        self.device = device
        self.priority = priority
        self.timeLeft = timeLeft
        self.command = command
    }
}

/// What became of an exchange, as a trunk carries it.
public struct TrunkAnswer: Sendable, Hashable {
    public let id: ExchangeID
    public let outcome: ExchangeOutcome

    public init(_ id: ExchangeID, _ outcome: ExchangeOutcome) {
        self.id = id
        self.outcome = outcome
    }
}

/// A report with its number.
public struct TrunkReport: Sendable, Hashable {
    /// Counted from 1 by the lower side's process.
    public let number: UInt64
    /// Its `time` is its age.
    public let report: UnitReport

    public init(_ number: UInt64, _ report: UnitReport) {
        self.number = number
        self.report = report
    }
}

extension ExchangeOutcome {
    /// The bytes that it counts against a message's limit.
    var byteCount: Int {
        guard case .answered(let response) = self else { return 0 }
        return response.count
    }
}
