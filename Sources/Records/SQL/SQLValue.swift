internal import ValueProtocol

/// A value in a row, or an argument of a statement.
public enum SQLValue: Sendable, Hashable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])
}

extension SQLValue {
    /// The order of two keys of one table, whose columns have the same types.
    static func precedes(_ left: [SQLValue], _ right: [SQLValue]) -> Bool {
        for (left, right) in zip(left, right) where left != right {
            switch (left, right) {
            case (.integer(let left), .integer(let right)): return left < right
            case (.text(let left), .text(let right)): return left < right
            case (.blob(let left), .blob(let right)): return left.lexicographicallyPrecedes(right)
            default: return left == .null
            }
        }
        return false
    }
}

/// What can be an argument of a statement.
package protocol SQLArgument {
    var sqlValue: SQLValue { get }
}

extension SQLValue: SQLArgument {
    package var sqlValue: SQLValue { self }
}

extension Int64: SQLArgument {
    package var sqlValue: SQLValue { .integer(self) }
}

extension Int: SQLArgument {
    package var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension FixedWidthInteger where Self: UnsignedInteger {
    /// As a database stores it: 64 bits in two's complement.
    package var stored: Int64 { Int64(bitPattern: UInt64(self)) }
    package var sqlValue: SQLValue { .integer(stored) }
}

extension UInt8: SQLArgument {}
extension UInt16: SQLArgument {}
extension UInt32: SQLArgument {}
extension UInt64: SQLArgument {}

extension String: SQLArgument {
    package var sqlValue: SQLValue { .text(self) }
}

extension [UInt8]: SQLArgument {
    package var sqlValue: SQLValue { .blob(self) }
}

extension Optional: SQLArgument where Wrapped: SQLArgument {
    // A closure: a key path would be looked up anew for each value.
    package var sqlValue: SQLValue { map { $0.sqlValue } ?? .null }
}
