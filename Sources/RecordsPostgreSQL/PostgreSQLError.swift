internal import Records

/// An error of the server, or of the connection to it.
struct PostgreSQLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// SQLSTATE (PostgreSQL, appendix A); nil if the server was not reached, or its answer is lost.
    let state: String?
    let message: String

    var description: String { state.map { "\($0): \(message)" } ?? message }

    /// Whether the connection cannot be used any more.
    var isConnectionLost: Bool {
        guard let state else { return true }
        // Connection exceptions, and a server that shuts down (admin_shutdown, crash_shutdown, cannot_connect_now).
        return state.hasPrefix("08") || ["57P01", "57P02", "57P03"].contains(state)
    }

    /// Whether another transaction was in the way, and the same one can be tried again (serialization_failure,
    /// deadlock_detected).
    var isConflict: Bool { state == "40001" || state == "40P01" }

    var code: HostError.Code {
        switch state {
        case nil: .databaseUnreachable
        case _ where isConnectionLost: .databaseUnreachable
        case _ where isConflict: .locked
        // lock_not_available
        case "55P03": .locked
        case "53100": .diskFull
        case "09000": .recordsElsewhere
        // Constraints, and data that cannot be: index_corrupted and data_corrupted too.
        case let state? where state.hasPrefix("23") || state.hasPrefix("22") || state.hasPrefix("XX"): .corrupt
        // undefined_table and the like.
        case let state? where state.hasPrefix("42"): .notARecordFile
        default: .databaseUnreachable
        }
    }
}

extension HostError {
    /// An error of the server as a `HostError`; a `HostError` stays as it is.
    init(database error: any Error, _ path: String) {
        switch error {
        case let own as HostError: self = own
        case let failure as PostgreSQLError:
            self.init(failure.code, path, cause: DatabaseFailure(failure.description))
        default: self.init(.databaseUnreachable, path, cause: error)
        }
    }
}
