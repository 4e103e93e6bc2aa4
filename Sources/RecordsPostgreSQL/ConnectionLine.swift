internal import Records
internal import Synchronization

/// A connection that is made when it is needed, and made again where it was lost; one thread uses it at a time.
@safe final class ConnectionLine: @unchecked Sendable {
    private let information: String
    private let path: String
    /// The leases of this process; nil for a line that only reads. Used under `turn`.
    private let fence: ShardFence?
    /// Held while the properties below are used.
    private let turn = Mutex(())
    private var connection: PostgreSQLConnection?
    private var isClosed = false

    /// How often a transaction is tried again where another was in the way.
    private static let maxAttempts = 20

    init(
        _ information: String, path: String, _ connection: sending PostgreSQLConnection?, fence: sending ShardFence?
    ) {
        self.information = information
        self.path = path
        self.fence = fence
        self.connection = connection
    }

    func close() {
        turn.withLock { _ in
            do throws(PostgreSQLError) {
                // The server notices the end of a connection later: what it holds is free now. Leases end with the lock of
                // their holder's chain.
                try connection?.script("SELECT pg_advisory_unlock_all()")
            } catch {
                // A connection that is lost holds nothing.
            }
            connection = nil
            isClosed = true
        }
    }

    /// Carries out a transaction; again from its start, where another one was in the way.
    ///
    /// - Parameters:
    ///   - begin: the statement that begins it.
    ///   - isRepeatable: whether it may be done again after the connection was lost, since it changes nothing.
    ///   - body: what it does.
    ///   - prepare: what a new connection needs first.
    /// - Throws: what `body` throws, or the database's error.
    func transaction<Value>(
        _ begin: String, isRepeatable: Bool, _ body: (any SQLConnection) throws -> Value,
        prepare: (PostgreSQLConnection, ShardFence?) throws -> Void = { _, _ in }
    ) throws -> Value {
        var result: Result<Value, any Error>?
        turn.withLock { _ in
            fence?.beginCall()
            result = Result { try attempt(begin, isRepeatable: isRepeatable, body, prepare) }
        }
        guard let result else { preconditionFailure("the connection was used") }
        return try result.get()
    }

    /// Carries out a transaction that uses the leases themselves, as `transaction`.
    func leaseTransaction<Value>(
        isRepeatable: Bool, _ body: (ShardFence, any SQLConnection) throws -> Value,
        prepare: (PostgreSQLConnection, ShardFence?) throws -> Void
    ) throws -> Value {
        guard let fence else { preconditionFailure("a line that only reads") }
        return try transaction("BEGIN", isRepeatable: isRepeatable, { try body(fence, $0) }, prepare: prepare)
    }

    /// The process takes its leases anew before it goes on.
    func forgetLeases() { turn.withLock { _ in fence?.forget() } }

    private func attempt<Value>(
        _ begin: String, isRepeatable: Bool, _ body: (any SQLConnection) throws -> Value,
        _ prepare: (PostgreSQLConnection, ShardFence?) throws -> Void
    ) throws -> Value {
        guard !isClosed else { throw HostError(.databaseUnreachable, path) }
        var attempts = 0
        while true {
            let isNew = connection == nil
            let used = try connect(prepare)
            attempts += 1
            do {
                return try used.transaction(begin, fence: fence, body)
            } catch {
                if let lost = error as? LostLease {
                    // Nothing was committed. What changed elements of that shard is refused in the next attempt.
                    guard attempts < Self.maxAttempts else { throw lost.error }
                    try fence?.wait(for: lost, on: used)
                    continue
                }
                guard let failure = (error as? PostgreSQLError) ?? used.lastFailure else { throw error }
                if failure.isConnectionLost { connection = nil }
                // What was written when the connection was lost may have been committed: it is not tried again, unless
                // not even its first statement got there.
                let canRepeat =
                    failure.isConflict || failure.isConnectionLost && !isNew && (isRepeatable || !used.hasBegun)
                guard canRepeat, attempts < Self.maxAttempts else { throw error }
            }
        }
    }

    private func connect(_ prepare: (PostgreSQLConnection, ShardFence?) throws -> Void) throws -> PostgreSQLConnection {
        if let connection { return connection }
        let made = try PostgreSQLConnection(information, path: path)
        try prepare(made, fence)
        connection = made
        return made
    }
}
