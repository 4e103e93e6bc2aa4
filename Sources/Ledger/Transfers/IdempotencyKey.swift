/// The caller's name for an order, by which a repeated one is recognized. It never expires.
///
/// Two are equal if their UTF-8 is, as in a store's index.
public struct IdempotencyKey: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }
    public init(_ text: String) { rawValue = text }

    public var description: String { rawValue }

    public static func == (a: Self, b: Self) -> Bool {
        var (first, second) = (a.rawValue, b.rawValue)
        return first.withUTF8 { first in
            second.withUTF8 { second in
                guard first.count == second.count else { return false }
                for index in 0..<first.count where unsafe first[index] != second[index] { return false }
                return true
            }
        }
    }

    public func hash(into hasher: inout Hasher) {
        var text = rawValue
        text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
