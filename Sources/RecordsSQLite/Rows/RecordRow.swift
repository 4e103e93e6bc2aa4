internal import GRDB
internal import Records
internal import ValueProtocol

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Reads a row's columns; a value whose type differs from the schema's is reported as damage, without a crash.
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

    /// An integer that is a raw value of `Value`.
    func code<Value: RawRepresentable>(_ column: String, _: Value.Type = Value.self) throws(HostError) -> Value
    where Value.RawValue: FixedWidthInteger & UnsignedInteger {
        guard let value = Value(rawValue: try unsigned(column)) else { throw damaged(column) }
        return value
    }

    func party(_ column: String) throws(HostError) -> PartyID {
        guard let party = PartyID(try text(column)) else { throw damaged(column) }
        return party
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
    /// As stored by SQLite: 64 bits in two's complement.
    var stored: Int64 { Int64(bitPattern: UInt64(self)) }
}
