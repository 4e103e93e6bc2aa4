internal import GRDB
internal import Records

/// What SQLite says, without its library's types.
public struct DatabaseFailure: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
}

extension HostError {
    /// An error of the database, in the host's terms; the host's own stay as they are.
    init(database error: any Error, _ path: String) {
        if let own = error as? HostError {
            self = own
            return
        }
        guard let failure = error as? DatabaseError else {
            self.init(.fileUnreachable, path, cause: error)
            return
        }
        let code: Code =
            switch failure.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED: .locked
            case .SQLITE_CORRUPT, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH: .corrupt
            case .SQLITE_NOTADB: .notARecordFile
            case .SQLITE_FULL: .diskFull
            default: .fileUnreachable
            }
        let cause = DatabaseFailure(description: "\(failure.resultCode): \(failure.message ?? "no message")")
        self.init(code, path, cause: cause)
    }
}
