internal import GRDB

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

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

/// Reads a row's columns; a value of another type than the schema's is damage, not the end of the program.
struct RecordRow {
    let row: Row
    let path: String

    func integer(_ column: String) throws(HostError) -> Int64 {
        guard let value = Int64.fromDatabaseValue(row[column]) else { throw damaged(column) }
        return value
    }

    func unsigned<Value: FixedWidthInteger & UnsignedInteger>(_ column: String) throws(HostError) -> Value {
        let bits = UInt64(bitPattern: try integer(column))
        guard let value = Value(exactly: bits) else { throw damaged(column) }
        return value
    }

    func text(_ column: String) throws(HostError) -> String {
        guard let value = String.fromDatabaseValue(row[column]) else { throw damaged(column) }
        return value
    }

    func bytes(_ column: String) throws(HostError) -> [UInt8] {
        let value: DatabaseValue = row[column]
        guard case .blob(let data) = value.storage else { throw damaged(column) }
        return [UInt8](data)
    }

    func isNull(_ column: String) -> Bool {
        let value: DatabaseValue = row[column]
        return value.isNull
    }

    func damaged(_ column: String) -> HostError {
        HostError(.corrupt, path, cause: DatabaseFailure(description: "column \(column)"))
    }
}

extension FixedWidthInteger where Self: UnsignedInteger {
    /// As SQLite keeps it: 64 bits, those of two's complement.
    var stored: Int64 { Int64(bitPattern: UInt64(self)) }
}
