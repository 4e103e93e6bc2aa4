package import ValueProtocol

/// A row of a result. A value whose type differs from the schema's is reported as damage, without a crash.
public struct SQLRow: Sendable {
    /// The columns of a result, shared by its rows.
    public final class Columns: Sendable {
        private let names: [String]
        /// The database, for messages.
        let database: String

        /// - Parameters:
        ///   - names: of the columns, in order.
        ///   - database: what messages call it.
        public init(_ names: [String], of database: String) {
            self.names = names
            self.database = database
        }

        /// Of a few short names: faster than a dictionary, which each result would have to make.
        func index(of name: String) -> Int? { names.firstIndex(of: name) }
    }

    private let columns: Columns
    let values: [SQLValue]

    public init(_ columns: Columns, _ values: [SQLValue]) {
        self.columns = columns
        self.values = values
    }

    private func value(_ column: String) -> SQLValue {
        guard let index = columns.index(of: column) else { preconditionFailure("a statement without column \(column)") }
        return values[index]
    }

    /// The values of some columns, in that order.
    func values(_ columns: [String]) -> [SQLValue] { columns.map(value) }

    package func integer(_ column: String) throws(HostError) -> Int64 {
        guard case .integer(let value) = value(column) else { throw damaged(column) }
        return value
    }

    package func unsigned<Value: FixedWidthInteger & UnsignedInteger>(_ column: String) throws(HostError) -> Value {
        let bits = UInt64(bitPattern: try integer(column))
        guard let value = Value(exactly: bits) else { throw damaged(column) }
        return value
    }

    package func text(_ column: String) throws(HostError) -> String {
        guard case .text(let value) = value(column) else { throw damaged(column) }
        return value
    }

    package func bytes(_ column: String) throws(HostError) -> [UInt8] {
        guard case .blob(let value) = value(column) else { throw damaged(column) }
        return value
    }

    /// An integer that is a raw value of `Value`.
    package func code<Value: RawRepresentable>(
        _ column: String, _: Value.Type = Value.self
    ) throws(HostError) -> Value where Value.RawValue: FixedWidthInteger & UnsignedInteger {
        guard let value = Value(rawValue: try unsigned(column)) else { throw damaged(column) }
        return value
    }

    package func party(_ column: String) throws(HostError) -> PartyID {
        guard let party = PartyID(try text(column)) else { throw damaged(column) }
        return party
    }

    package func time(_ column: String) throws(HostError) -> Timestamp {
        Timestamp(rawValue: try unsigned(column))
    }

    package func amount(_ column: String) throws(HostError) -> Amount { Amount(rawValue: try unsigned(column)) }

    package func service(_ column: String) throws(HostError) -> UtilityService {
        UtilityService(rawValue: try unsigned(column))
    }

    package func currency(_ column: String) throws(HostError) -> Currency {
        Currency(rawValue: try unsigned(column))
    }

    package func isNull(_ column: String) -> Bool { value(column) == .null }

    package func damaged(_ column: String) -> HostError {
        HostError(.corrupt, columns.database, cause: DatabaseFailure("column \(column)"))
    }
}
