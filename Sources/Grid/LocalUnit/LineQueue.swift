internal import ValueProtocol

/// Exchanges that wait for the line: by priority, then by deadline, then fair by meter, then as they came.
struct LineQueue: Sendable {
    private struct Waiting: Sendable {
        let exchange: Exchange
        let order: UInt64
    }

    private var waiting: [Waiting] = []
    private var order: UInt64 = 0

    var count: Int { waiting.count }
    var isEmpty: Bool { waiting.isEmpty }

    mutating func append(_ exchange: Exchange) {
        order += 1
        waiting.append(Waiting(exchange: exchange, order: order))
    }

    /// Removes an exchange; nil if it does not wait.
    mutating func remove(_ id: ExchangeID) -> Exchange? {
        guard let index = waiting.firstIndex(where: { $0.exchange.id == id }) else { return nil }
        return waiting.remove(at: index).exchange
    }

    /// Removes all.
    mutating func removeAll() -> [Exchange] {
        defer { waiting = [] }
        return waiting.map(\.exchange)
    }

    /// Removes those whose deadline has passed.
    mutating func removeLate(at now: Duration) -> [Exchange] {
        guard let first = nextDeadline, first <= now else { return [] }
        let late = waiting.filter { $0.exchange.deadline <= now }.map(\.exchange)
        waiting.removeAll { $0.exchange.deadline <= now }
        return late
    }

    /// When the first deadline passes; nil if nothing waits.
    var nextDeadline: Duration? { waiting.lazy.map(\.exchange.deadline).min() }

    /// The highest priority that waits for a device; nil if nothing does.
    func rank(of meter: PartyID, _ device: Exchange.Device) -> UInt8? {
        waiting.lazy.filter { $0.exchange.meter == meter && $0.exchange.device == device }
            .map(\.exchange.priority.rawValue).min()
    }

    /// What goes next among those that may.
    ///
    /// - Parameters:
    ///   - lastServed: when the meter was served last; zero if never.
    ///   - mayGo: whether this one may.
    func next(lastServed: (PartyID) -> Duration, where mayGo: (Exchange) -> Bool) -> Exchange? {
        var best: Waiting?
        // Whether one may go costs more to find out than whether it would be before the best so far.
        for candidate in waiting where best.map({ isBefore(candidate, $0, lastServed) }) ?? true {
            if mayGo(candidate.exchange) { best = candidate }
        }
        return best?.exchange
    }

    private func isBefore(_ new: Waiting, _ old: Waiting, _ lastServed: (PartyID) -> Duration) -> Bool {
        if new.exchange.priority != old.exchange.priority { return new.exchange.priority < old.exchange.priority }
        if new.exchange.deadline != old.exchange.deadline { return new.exchange.deadline < old.exchange.deadline }
        return (lastServed(new.exchange.meter), new.order) < (lastServed(old.exchange.meter), old.order)
    }
}
