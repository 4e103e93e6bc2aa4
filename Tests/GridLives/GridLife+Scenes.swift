import Grid
import HeadEnd
import Records
import ValueElement
import ValueProtocol

/// Lives with a plot.
extension GridLife {
    // MARK: A backup that is old

    /// What came of a host that was restored from a backup.
    package struct Restored {
        package let meterCount: Int
        /// Orders that meters applied and the backup does not have.
        package let lackingCount: Int
        /// Those of them that the meters still name, each with its amount; of the others they say how many there are.
        package let namedCount: Int
        /// New orders that were done, and refused.
        package let confirmedCount: Int
        package let refusedCount: Int
    }

    /// Goes on after a backup, with trouble, and then from that backup with `operations` more.
    ///
    /// - Returns: what came of it.
    /// - Throws: `Violation` where a meter is locked out, value is lost or doubled, or an order has no known state.
    package func liveRestored(backUpAfter begin: Duration, trouble: Duration, operations: Int) throws -> Restored {
        try run(until: begin) { false }
        let copy = try host.records.backUp()
        try run(until: begin + trouble) { false }
        calm()
        try settle("what was asked for")
        try host.restore(copy, at: now)
        var lacking: [PartyID: Set<HostTransaction>] = [:]
        for meter in meters {
            let known = try host.records.file.transactions(of: meter.eid)
            let done = Set(known.filter { $0.state == .done }.map(\.htxn))
            let numbers = Set(known.map(\.htxn))
            let unknown = meter.truth.applied.filter { !numbers.contains($0.htxn) }
            lacking[meter.eid] = Set(meter.truth.applied.map(\.htxn)).subtracting(done)
            var state = LifeTruth.State()
            state.seenCount = meter.truth.applied.count
            state.unknown = (unknown.reduce(0) { $0 + $1.effect }, unknown.count)
            truth.states[meter.eid] = state
            ask(.acceptNumbers, of: meter, .recovery, at: now)
        }
        try settle("what the backup lacks")
        var named = 0
        for meter in meters {
            named += try checkClassified(meter, lacking[meter.eid] ?? [])
            try readBooks(meter.eid)
        }
        let before = ended
        for number in 0..<operations {
            ask(order(of: meters[number % meters.count]), of: meters[number % meters.count], .load, at: now)
            if number % meters.count == meters.count - 1 || number == operations - 1 { try settle("new orders") }
        }
        try expectEnd()
        let lackingCount = lacking.values.reduce(0) { $0 + $1.count }
        return Restored(
            meterCount: meters.count, lackingCount: lackingCount, namedCount: named,
            confirmedCount: ended.confirmed - before.confirmed, refusedCount: ended.refused - before.refused)
    }

    private func order(of meter: LifeMeter) -> ContactTask {
        while true {
            let task = anything(of: meter)
            if case .order = task { return task }
        }
    }

    /// Each order that a meter applied is on record, named by the meter, or among those that it counts.
    ///
    /// - Returns: how many it named.
    private func checkClassified(_ meter: LifeMeter, _ lacking: Set<HostTransaction>) throws -> Int {
        guard let numbers = host.accepted[meter.eid] else { throw violation("\(meter.eid) was not asked") }
        let books = try host.records.file.transactions(of: meter.eid)
        var named = 0
        for htxn in lacking {
            let applied = meter.truth.applied.first { $0.htxn == htxn }
            if let known = books.first(where: { $0.htxn == htxn }) {
                guard known.state == .done else {
                    throw violation("\(meter.eid) applied it, and on record is: \(known)")
                }
                named += 1
            } else if let order = numbers.orders.first(where: { $0.htxn == htxn }) {
                named += 1
                guard order.amount == applied?.amount else {
                    throw violation("\(meter.eid) named another amount: \(order)")
                }
            } else {
                guard let gap = numbers.gap, htxn > gap.known, htxn <= gap.applied else {
                    throw violation("nobody knows of \(htxn), which \(meter.eid) applied")
                }
            }
        }
        return named
    }

    // MARK: An area unit that is away

    /// An area unit is away for days, and each day its local units are restarted; then everything is read once.
    ///
    /// - Returns: the hours that are on record then.
    /// - Throws: `Violation` where something was lost.
    package func liveAlone(days: Int) throws -> Int {
        calm()
        for meter in meters { ask(.readUse(everything: false), of: meter, .reading, at: now) }
        try settle("the first reading")
        areas[0].die(at: now, for: .seconds(days * 86_400))
        for _ in 0..<days {
            try run(until: now + .seconds(86_000)) { false }
            for local in locals { local.die(at: now) }
            try run(until: now + .seconds(400)) { false }
        }
        try run(until: now + .seconds(60)) { false }
        for meter in meters { ask(.readUse(everything: false), of: meter, .reading, at: now) }
        try run(until: now + .seconds(600)) { self.host.isIdle }
        guard host.isIdle else { throw violation("one round does not fill the gap: \(host.jobs.map(\.meter))") }
        try expectEnd()
        return try meters.reduce(0) { count, meter in
            count
                + (try host.records.file.use(
                    of: meter.eid, .hours, from: Timestamp(rawValue: 0), to: Timestamp(rawValue: .max)
                ).count)
        }
    }
}
