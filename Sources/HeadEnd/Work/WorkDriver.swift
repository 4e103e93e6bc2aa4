internal import Dispatch
public import Records
public import ValueProtocol

/// Carries out the orders that wait for this process: those of elements in shards whose leases it has.
///
///     let driver = WorkDriver(host, queue: database, atMost: 64) { element in try await line(to: element) }
///     try await driver.run()
///
/// An order is ended with what the element proved, or with why it cannot be done. Where the element was not reached, or an
/// outcome is in doubt, it waits and is taken again, longer each time, up to five minutes. Orders of one element are carried
/// out one after the other.
public actor WorkDriver {
    /// Makes the way to an element; throws where it cannot be reached now.
    public typealias Connect =
        @Sendable (_ element: PartyID) async throws(HostError) -> any AsynchronousCardChannel

    private nonisolated let executor = QueueExecutor("work")
    private let contacts: ContactDriver
    private let clock: @Sendable () -> Timestamp
    private let queue: any WorkQueue
    private let maxShards: Int
    private let maxContacts: Int
    private let connect: Connect

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - host: has keys; its records are those of the queue.
    ///   - queue: the orders.
    ///   - maxShards: how many shards it takes at most, such as its share of all.
    ///   - maxContacts: how many elements it contacts at a time.
    ///   - connect: makes the way to an element.
    public init(
        _ host: HostContext, queue: any WorkQueue, atMost maxShards: Int = Shard.count, atOnce maxContacts: Int = 100,
        connect: @escaping Connect
    ) {
        contacts = ContactDriver(host)
        clock = host.clock
        self.queue = queue
        self.maxShards = maxShards
        self.maxContacts = maxContacts
        self.connect = connect
    }

    /// Carries out orders until its task is cancelled: sleeps until one is announced.
    ///
    /// - Parameter interval: how often it renews its leases at least, and looks for orders that wait for another attempt:
    ///   well within the duration of a lease.
    /// - Throws: `HostError` of the records, such as `.databaseUnreachable`: to be called again then.
    public func run(every interval: Duration = .seconds(5)) async throws(HostError) {
        // Listens first, so that what is announced from here on is not missed.
        let announcements = try queue.listen()
        defer { announcements.end() }
        while !Task.isCancelled {
            _ = try await carryOutWaiting()
            let woken = await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    DispatchQueue(label: "announcements of work").async {
                        continuation.resume(
                            returning: Result { () throws(HostError) in try announcements.next(within: interval) })
                    }
                }
            } onCancel: {
                announcements.end()
            }
            guard try woken.get() != nil else { return }
        }
    }

    /// Takes or renews leases, and carries out every order of their shards that waits now or comes meanwhile.
    ///
    /// - Returns: how many orders it ended.
    /// - Throws: `HostError` of the records; the orders that it had taken are free then.
    @discardableResult
    public func carryOutWaiting() async throws(HostError) -> Int {
        _ = try queue.takeLeases(of: Shard.all, atMost: maxShards)
        let result = await withTaskGroup(of: (WorkOrder, Outcome).self) { group -> Result<Int, HostError> in
            var (running, ended) = (0, 0)
            do throws(HostError) {
                while true {
                    if running < maxContacts {
                        for order in try queue.takeWork(atMost: maxContacts - running) {
                            running += 1
                            group.addTask { (order, await self.contact(order)) }
                        }
                    }
                    guard let (order, outcome) = await group.next() else { return .success(ended) }
                    running -= 1
                    if try note(outcome, of: order) { ended += 1 }
                }
            } catch {
                queue.resetLeases()
                return .failure(error)
            }
        }
        return try result.get()
    }

    private enum Outcome: Sendable {
        case ended(WorkOrder.State)
        case waits
        /// Another process has its shard now.
        case takenOver
    }

    private nonisolated func contact(_ order: WorkOrder) async -> Outcome {
        do throws(HostError) {
            let channel = try await connect(order.eid)
            let report = try await contacts.run(.order(order.request), expecting: order.eid, over: channel)
            guard case .credit(let result) = report.result else {
                preconditionFailure("an order ends with its outcome")
            }
            switch result.outcome {
            case .done(let transaction): return .ended(.done(transaction.htxn))
            case .refused(let transaction): return .ended(.notDone("\(transaction)"))
            case .declined(let reason): return .ended(.notDone("\(reason)"))
            // The records send it at a later contact, and know it then.
            case .queued: return .waits
            }
        } catch {
            switch error.code {
            case .shardHeld: return .takenOver
            case .otherOrder, .wrongStatus, .recordsBehind, .numbersUsedUp, .booksRefuse, .onOtherServers:
                return .ended(.notDone("\(error)"))
            default: return .waits
            }
        }
    }

    /// - Returns: whether the order has ended.
    private func note(_ outcome: Outcome, of order: WorkOrder) throws(HostError) -> Bool {
        do throws(HostError) {
            switch outcome {
            case .ended(let state):
                try queue.finish(order, as: state, at: clock())
                return true
            case .waits: try queue.putBack(order, for: Self.pause(after: order.attempts))
            case .takenOver: break
            }
        } catch {
            // The process that has its shard now carries it out.
            guard error.code == .shardHeld else { throw error }
        }
        return false
    }

    /// Doubles with each attempt.
    package static func pause(after attempts: Int) -> Duration { .seconds(min(300, 1 << min(max(attempts - 1, 0), 9))) }
}
