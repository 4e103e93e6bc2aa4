internal import GRDB
internal import Records
internal import SystemPackage

extension HostError {
    /// An error of the database as a `HostError`; existing `HostError`s are passed through.
    ///
    /// - Parameters:
    ///   - error: of the database.
    ///   - path: of its file.
    ///   - number: what the system said when the file could not be used; nil if that is not known.
    init(database error: any Error, _ path: String, system number: Errno? = nil) {
        if let own = error as? HostError {
            self = own
            return
        }
        guard let failure = error as? DatabaseError else {
            self.init(.fileUnreachable, path, cause: error)
            return
        }
        let isFull = number == .noSpace || number == .diskQuotaExceeded
        // The only triggers that a program of ours meets are those of records that were moved.
        let isMoved = failure.extendedResultCode == .SQLITE_CONSTRAINT_TRIGGER
        let code: Code =
            switch failure.resultCode {
            case _ where isMoved: .recordsElsewhere
            case .SQLITE_BUSY, .SQLITE_LOCKED: .locked
            case .SQLITE_CORRUPT, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH: .corrupt
            case .SQLITE_NOTADB: .notARecordFile
            case .SQLITE_FULL: .diskFull
            // A file beside it, which cannot be made; an index of its log, which cannot grow.
            case .SQLITE_CANTOPEN where isFull, .SQLITE_IOERR where isFull: .diskFull
            default: .fileUnreachable
            }
        self.init(code, path, cause: DatabaseFailure("\(failure.resultCode): \(failure.message ?? "no message")"))
    }
}
