import ValueProtocol

/// Exchanges that wait, in the order in which they go: by priority, then by deadline, then fair by meter.
///
/// Fair means: of those with equal priority and deadline, each meter's first goes before any meter's second.
public struct ExchangeQueue: Sendable {
    private struct Key: Comparable, Sendable {
        let priority: Exchange.Priority
        let deadline: Duration
        let turn: Int
        let number: Int
        let id: ExchangeID

        static func < (left: Key, right: Key) -> Bool {
            (left.priority.rawValue, left.deadline, left.turn, left.number)
                < (right.priority.rawValue, right.deadline, right.turn, right.number)
        }
    }

    private struct Due: Comparable, Sendable {
        let deadline: Duration
        let number: Int
        let id: ExchangeID

        static func < (left: Due, right: Due) -> Bool {
            (left.deadline, left.number) < (right.deadline, right.number)
        }
    }

    private struct Waiting: Sendable {
        let exchange: Exchange
        let number: Int
    }

    /// The turns of one priority's meters.
    private struct Turns: Sendable {
        var current = 0
        /// The turn of each meter's last exchange. Turns that are over are forgotten now and then.
        var last: [PartyID: Int] = [:]
        private var limit = 64

        mutating func next(for meter: PartyID) -> Int {
            let turn = max(current, (last[meter] ?? -1) + 1)
            last[meter] = turn
            if last.count > limit {
                last = last.filter { [current] in $0.value >= current }
                limit = max(64, 2 * last.count)
            }
            return turn
        }
    }

    private var waiting: [ExchangeID: Waiting] = [:]
    // Both may hold what is no longer waiting.
    private var order = Heap<Key>()
    private var deadlines = Heap<Due>()
    private var turns = [Turns](repeating: Turns(), count: Exchange.Priority.allCases.count)
    private var number = 0

    public init() {}

    public var count: Int { waiting.count }
    public var isEmpty: Bool { waiting.isEmpty }

    public subscript(id: ExchangeID) -> Exchange? { waiting[id]?.exchange }

    /// Adds an exchange. Its id must not be waiting.
    public mutating func insert(_ exchange: Exchange) {
        precondition(waiting[exchange.id] == nil, "the exchange is waiting already")
        number += 1
        waiting[exchange.id] = Waiting(exchange: exchange, number: number)
        let turn = turns[Int(exchange.priority.rawValue)].next(for: exchange.meter)
        order.insert(
            Key(
                priority: exchange.priority, deadline: exchange.deadline, turn: turn, number: number, id: exchange.id))
        deadlines.insert(Due(deadline: exchange.deadline, number: number, id: exchange.id))
        forgetWhatIsOver()
    }

    @discardableResult
    public mutating func remove(_ id: ExchangeID) -> Exchange? { waiting.removeValue(forKey: id)?.exchange }

    /// The exchange that goes next.
    public mutating func first() -> Exchange? {
        while let key = order.first {
            if let found = waiting[key.id], found.number == key.number { return found.exchange }
            order.removeFirst()
        }
        return nil
    }

    /// Takes the exchange that goes next.
    public mutating func popFirst() -> Exchange? {
        guard let exchange = first(), let key = order.removeFirst() else { return nil }
        let index = Int(exchange.priority.rawValue)
        turns[index].current = max(turns[index].current, key.turn)
        return remove(exchange.id)
    }

    /// The earliest deadline.
    public var nextDeadline: Duration? {
        mutating get {
            while let due = deadlines.first {
                if waiting[due.id]?.number == due.number { return due.deadline }
                deadlines.removeFirst()
            }
            return nil
        }
    }

    /// Takes an exchange whose deadline is `now` or before; nil where there is none.
    public mutating func popExpired(at now: Duration) -> Exchange? {
        guard let deadline = nextDeadline, deadline <= now, let due = deadlines.removeFirst() else { return nil }
        return remove(due.id)
    }

    private mutating func forgetWhatIsOver() {
        let limit = 2 * waiting.count + 64
        if order.count > limit { order.keep { [waiting] in waiting[$0.id]?.number == $0.number } }
        if deadlines.count > limit { deadlines.keep { [waiting] in waiting[$0.id]?.number == $0.number } }
    }
}
