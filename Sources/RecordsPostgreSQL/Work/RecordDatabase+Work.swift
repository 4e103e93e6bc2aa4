public import Records
public import ValueProtocol

extension RecordDatabase: WorkQueue {
    public func announce(_ order: WorkOrder, at time: Timestamp) throws(HostError) -> WorkOrder {
        try write { try WorkRows(database: $0, clock: clock).insert(order, at: time) }
    }

    public func takeWork(atMost maxCount: Int) throws(HostError) -> [WorkOrder] {
        do throws(HostError) {
            return try onLeases(isRepeatable: false) { fence, database in
                try WorkRows(database: database, clock: clock).take(fence.tokens, atMost: maxCount)
            }
        } catch {
            // Orders may have been taken whose names are lost: under a new token they are free.
            resetLeases()
            throw error
        }
    }

    public func finish(_ order: WorkOrder, as state: WorkOrder.State, at time: Timestamp) throws(HostError) {
        try onLeases(isRepeatable: false) { fence, database in
            try WorkRows(database: database, clock: clock).finish(
                order, as: state, fence.tokens[Shard(of: order.eid)], at: time)
        }
    }

    public func putBack(_ order: WorkOrder, for duration: Duration) throws(HostError) {
        try onLeases(isRepeatable: false) { fence, database in
            try WorkRows(database: database, clock: clock).putBack(
                order, for: duration, fence.tokens[Shard(of: order.eid)])
        }
    }

    public func resetLeases() { writing.forgetLeases() }

    public func work(of eid: PartyID?) throws(HostError) -> [WorkOrder] {
        try read { database in
            let rows = WorkRows(database: database, clock: clock)
            guard let eid else { return try rows.orders("1 = 1", []) }
            return try rows.orders("shard = ? AND eid = ?", [Shard(of: eid), eid])
        }
    }

    public func listen() throws(HostError) -> any WorkAnnouncements {
        try WorkListener(information, path: path)
    }
}
