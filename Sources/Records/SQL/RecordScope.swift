import ValueProtocol

/// The records inside a transaction that is open: what it writes is part of that commit.
package final class RecordScope: SQLRecords {
    package let path: String
    package let trail: AuditTrail
    private let connection: any SQLConnection

    package init(_ connection: any SQLConnection, path: String, trail: AuditTrail) {
        self.connection = connection
        self.path = path
        self.trail = trail
    }

    package func read<Value>(_ body: (any SQLConnection) throws -> Value) throws(HostError) -> Value {
        try run(body)
    }

    package func write<Value>(_ body: (any SQLConnection) throws -> Value) throws(HostError) -> Value {
        try run(body)
    }

    private func run<Value>(_ body: (any SQLConnection) throws -> Value) throws(HostError) -> Value {
        do {
            return try body(connection)
        } catch {
            throw connection.hostError(error)
        }
    }
}
