/// What the lower end of a trunk writes down of loads and recoveries, in this order, so that a restart loses none of them.
public enum TrunkRecord: Sendable, Hashable {
    /// The upper side is this process: whatever another one asked for is void.
    case upper(UInt64)
    /// It was accepted. It is written down before the upper side is told so, and before anybody works on it.
    case accepted(Exchange)
    /// Its command may be on the meter's line from here on.
    case began(ExchangeID)
    case answered(ExchangeID, ExchangeOutcome)
    /// The upper side has the answer.
    case ended(ExchangeID)
}

/// The loads and recoveries that the lower end of a trunk has accepted, as they were written down.
public struct KeptQueue: Sendable, Hashable {
    /// One of them.
    public struct Entry: Sendable, Hashable {
        public let exchange: Exchange
        /// Whether its command may have been on the meter's line.
        public internal(set) var hasBegun = false
        /// Nil while it has none.
        public internal(set) var outcome: ExchangeOutcome?
    }

    /// A random number above 0, drawn when the queue was made: by it the upper side knows the queue after a restart.
    public let number: UInt64
    /// The upper side's process that asked for them; 0 before the first.
    public private(set) var upper: UInt64 = 0
    private var known: [ExchangeID: Entry] = [:]
    private var order: [ExchangeID: Int] = [:]
    private var count = 0

    /// An empty queue.
    public init(_ number: UInt64) {
        precondition(number != 0, "a queue has a number above 0")
        self.number = number
    }

    /// The queue as it was written down.
    public init(_ number: UInt64, _ records: some Sequence<TrunkRecord>) {
        self.init(number)
        for record in records { apply(record) }
    }

    /// In the order in which they were accepted.
    public var entries: [Entry] {
        known.values.sorted { order[$0.exchange.id] ?? 0 < order[$1.exchange.id] ?? 0 }
    }

    /// Takes what is written down next.
    public mutating func apply(_ record: TrunkRecord) {
        switch record {
        case .upper(let process):
            upper = process
            (known, order) = ([:], [:])
        case .accepted(let exchange):
            count += 1
            known[exchange.id] = Entry(exchange: exchange)
            order[exchange.id] = count
        case .began(let id): known[id]?.hasBegun = true
        case .answered(let id, let outcome): known[id]?.outcome = outcome
        case .ended(let id): (known[id], order[id]) = (nil, nil)
        }
    }

    /// What makes this queue of none.
    public var records: [TrunkRecord] {
        [.upper(upper)]
            + entries.flatMap { entry -> [TrunkRecord] in
                [.accepted(entry.exchange)] + (entry.hasBegun ? [.began(entry.exchange.id)] : [])
                    + (entry.outcome.map { [.answered(entry.exchange.id, $0)] } ?? [])
            }
    }
}

extension Exchange.Priority {
    /// Whether an exchange of it outlives a restart, where its unit keeps any. Readings are asked again.
    public var isKept: Bool { self != .reading }
}
