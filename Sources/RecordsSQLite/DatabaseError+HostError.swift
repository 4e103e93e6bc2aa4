internal import GRDB
internal import Records

extension HostError {
    /// An error of the database as a `HostError`; existing `HostError`s are passed through.
    init(database error: any Error, _ path: String) {
        if let own = error as? HostError {
            self = own
            return
        }
        guard let failure = error as? DatabaseError else {
            self.init(.fileUnreachable, path, cause: error)
            return
        }
        // The only triggers that a program of ours meets are those of records that were moved.
        let isMoved = failure.extendedResultCode == .SQLITE_CONSTRAINT_TRIGGER
        let code: Code =
            switch failure.resultCode {
            case _ where isMoved: .recordsElsewhere
            case .SQLITE_BUSY, .SQLITE_LOCKED: .locked
            case .SQLITE_CORRUPT, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH: .corrupt
            case .SQLITE_NOTADB: .notARecordFile
            case .SQLITE_FULL: .diskFull
            default: .fileUnreachable
            }
        self.init(code, path, cause: DatabaseFailure("\(failure.resultCode): \(failure.message ?? "no message")"))
    }
}
