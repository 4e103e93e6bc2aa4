package import ValueProtocol

/// The records inside a transaction that is open: what it writes is part of that commit.
package final class RecordScope: SQLRecords {
    package let path: String
    package let trail: AuditTrail
    private let connection: any SQLConnection
    private let undoesCalls: Bool
    /// Whether a call threw, which may have written something before.
    package private(set) var hasFailedCall = false

    /// - Parameters:
    ///   - connection: inside the transaction.
    ///   - path: the database, for messages.
    ///   - trail: what changes are added to.
    ///   - undoesCalls: whether what a call wrote before it threw is undone, so that its change can go on.
    package init(_ connection: any SQLConnection, path: String, trail: AuditTrail, undoesCalls: Bool) {
        self.connection = connection
        self.path = path
        self.trail = trail
        self.undoesCalls = undoesCalls
    }

    package func read<Value>(_ body: (any SQLConnection) throws -> Value) throws(HostError) -> Value {
        try run(body)
    }

    package func write<Value>(_ body: (any SQLConnection) throws -> Value) throws(HostError) -> Value {
        do throws(HostError) {
            guard undoesCalls else { return try run(body) }
            return try run { connection in
                var value: Value?
                try connection.savepoint { value = try body(connection) }
                guard let value else { preconditionFailure("a savepoint that carried out nothing") }
                return value
            }
        } catch {
            hasFailedCall = true
            throw error
        }
    }

    /// Reads what orders need of elements, with statements for many of them.
    package func readAhead(_ eids: [PartyID]) throws(HostError) {
        try run { try readAhead(eids, in: $0) }
    }

    private func run<Value>(_ body: (any SQLConnection) throws -> Value) throws(HostError) -> Value {
        do {
            return try body(connection)
        } catch {
            throw connection.hostError(error)
        }
    }
}
