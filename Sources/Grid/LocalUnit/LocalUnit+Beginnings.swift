/// What is written down before a command may be on the line, so that after a restart nobody takes it for not sent.
extension LocalUnit {
    /// Dequeues loads and recoveries that are next on the line, to be written down before ``beginningsRecorded(_:at:)``.
    public mutating func dequeueBeginnings() -> [ExchangeID] {
        defer { beginnings = [] }
        return beginnings
    }

    /// These from ``dequeueBeginnings()`` are written down.
    public mutating func beginningsRecorded(_ ids: [ExchangeID], at now: Duration) {
        for id in ids where beginningsUnderWay.remove(id) != nil {
            if let own = ownWaiting.removeValue(forKey: id) { ownCommands.append(own) } else { begun.insert(id) }
        }
        advance(to: now)
    }

    /// These from ``dequeueBeginnings()`` cannot be written down: they are not sent.
    public mutating func beginningsNotRecorded(_ ids: [ExchangeID], at now: Duration) {
        for id in ids where beginningsUnderWay.remove(id) != nil {
            guard let exchange = ownWaiting.removeValue(forKey: id) ?? queue.remove(id) else { continue }
            end(exchange, .notSent(.full))
        }
        advance(to: now)
    }

    /// Whether an exchange may be sent now: otherwise it is first to be written down that it is.
    mutating func mayBegin(_ exchange: Exchange) -> Bool {
        guard configuration.recordsBeginnings, exchange.priority.isKept, begun.remove(exchange.id) == nil else {
            return true
        }
        if beginningsUnderWay.insert(exchange.id).inserted { beginnings.append(exchange.id) }
        return false
    }

    /// Whether it is being written down that the exchange begins.
    func isBeginning(_ id: ExchangeID) -> Bool { beginningsUnderWay.contains(id) }
}
