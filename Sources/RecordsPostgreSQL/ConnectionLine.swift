internal import Records
internal import Synchronization

/// A connection that is made when it is needed, and made again where it was lost; one thread uses it at a time.
@safe final class ConnectionLine: @unchecked Sendable {
    private let information: String
    private let path: String
    /// Held while the properties below are used.
    private let turn = Mutex(())
    private var connection: PostgreSQLConnection?
    private var isClosed = false

    /// How often a transaction is tried again where another was in the way.
    private static let maxAttempts = 20

    init(_ information: String, path: String, _ connection: sending PostgreSQLConnection?) {
        self.information = information
        self.path = path
        self.connection = connection
    }

    func close() {
        turn.withLock { _ in
            do throws(PostgreSQLError) {
                // The server notices the end of a connection later: what it holds is free now.
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
        prepare: (PostgreSQLConnection) throws -> Void = { _ in }
    ) throws -> Value {
        var result: Result<Value, any Error>?
        turn.withLock { _ in
            result = Result { try attempt(begin, isRepeatable: isRepeatable, body, prepare) }
        }
        guard let result else { preconditionFailure("the connection was used") }
        return try result.get()
    }

    private func attempt<Value>(
        _ begin: String, isRepeatable: Bool, _ body: (any SQLConnection) throws -> Value,
        _ prepare: (PostgreSQLConnection) throws -> Void
    ) throws -> Value {
        guard !isClosed else { throw HostError(.databaseUnreachable, path) }
        var attempts = 0
        while true {
            let isNew = connection == nil
            let used = try connect(prepare)
            attempts += 1
            do {
                return try used.transaction(begin, body)
            } catch {
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

    private func connect(_ prepare: (PostgreSQLConnection) throws -> Void) throws -> PostgreSQLConnection {
        if let connection { return connection }
        let made = try PostgreSQLConnection(information, path: path)
        try prepare(made)
        connection = made
        return made
    }
}
