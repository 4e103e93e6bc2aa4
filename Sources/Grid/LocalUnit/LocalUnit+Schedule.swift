internal import PowerLine
internal import ValueProtocol

/// Which exchange has the line next.
extension LocalUnit {
    /// Gives the line to the most urgent exchange, or to finding meters; false if nothing is to be sent now.
    mutating func serveNext(at now: Duration) -> Bool {
        if let until = thinking?.until, now >= until { thinking = nil }
        let paused = nextRunning(at: now)
        let waiting = running.count < configuration.maxRunning ? nextWaiting() : nil
        let isUrgent = paused?.rank == Exchange.Priority.load.rawValue || waiting?.priority == .load
        if !isUrgent, !isStopping, thinking == nil, serveStations(at: now) { return true }
        // What has begun goes on before others begin.
        if let paused, paused.rank <= waiting?.priority.rawValue ?? .max {
            links[paused.id]?.connection.advance(to: now)
            send(from: paused.id, at: now)
            return true
        }
        guard let waiting else { return false }
        // Until its beginning is written down, another one may go.
        guard mayBegin(waiting) else { return true }
        start(waiting, at: now)
        return true
    }

    /// The connection that has something to send and goes first.
    private func nextRunning(at now: Duration) -> (id: LinkID, rank: UInt8)? {
        var best: (id: LinkID, rank: UInt8)?
        for id in running where links[id]?.connection.isDue(at: now) == true && mayGo(id.meter, links[id]?.exchange) {
            let rank = rank(of: id)
            if rank < best?.rank ?? .max { best = (id, rank) }
        }
        return best
    }

    /// The priority of what is under way, or of what waits for its end. A connection that is only made comes last.
    private func rank(of id: LinkID) -> UInt8 {
        let own = links[id]?.exchange?.priority.rawValue ?? .max - 1
        return min(own, queue.rank(of: id.meter, id.device) ?? .max)
    }

    private func nextWaiting() -> Exchange? {
        queue.next(
            lastServed: { meters[$0]?.lastServed ?? .zero },
            where: { exchange in
                guard !isBeginning(exchange.id), mayGo(exchange.meter, exchange) else { return false }
                guard list.station(of: exchange.meter) != nil else { return !isRegistering }
                return links[LinkID(meter: exchange.meter, device: exchange.device)]?.isRunning != true
            })
    }

    /// While a load's host thinks, only loads have the line, and what else that host asks of the meter.
    private func mayGo(_ meter: PartyID, _ exchange: Exchange?) -> Bool {
        guard let thinking else { return true }
        guard let priority = exchange?.priority else { return false }
        return priority == .load || meter == thinking.meter && priority != .reading
    }

    private mutating func start(_ exchange: Exchange, at now: Duration) {
        _ = queue.remove(exchange.id)
        guard let station = list.station(of: exchange.meter) else { return end(exchange, .notSent(.unknownMeter)) }
        guard meters[exchange.meter, default: Meter()].limit.admits(exchange.command, at: now) else {
            report(.sessionsRefused(exchange.meter))
            return end(exchange, .notSent(.sessions))
        }
        if thinking?.meter == exchange.meter { thinking = nil }
        let id = LinkID(meter: exchange.meter, device: exchange.device)
        var link = links[id] ?? Link(connection: connection(to: exchange.device, at: station))
        link.exchange = exchange
        link.attempts = 1
        link.connection.exchange(exchange.command, at: now)
        link.connection.advance(to: now)
        links[id] = link
        begin(id, at: now)
    }

    /// A connection is under way, and has frames to send.
    mutating func begin(_ id: LinkID, at now: Duration) {
        running.append(id)
        meters[id.meter, default: Meter()].lastServed = now
        send(from: id, at: now)
    }

    func connection(
        to device: Exchange.Device, at station: UInt16, offered: HDLCParameters? = nil
    ) -> HDLCConnection {
        HDLCConnection(
            HDLCServerAddress(device == .element ? .element : .cardSlot, at: .number(station)), client: list.client,
            timing: configuration.timing, offered: offered ?? configuration.offered, limits: configuration.limits)
    }
}
