import ValueProtocol

/// The forms that values have in every command's JSON, as docs/json/README.md describes them.
extension JSONValue {
    /// A moment, ISO 8601 in UTC.
    static func moment(_ time: Timestamp) -> JSONValue { .text(time.dateTime) }

    /// A name of this program's own, of an event or a state: lower case, with hyphens.
    static func name(_ words: some CustomStringConvertible) -> JSONValue {
        .text("\(words)".lowercased().split(separator: " ").joined(separator: "-"))
    }

    /// A count; absent where it is not known.
    static func count(_ value: (some BinaryInteger)?) -> JSONValue { value.map { .number(Int(clamping: $0)) } ?? .null }

    /// A measured value to so many decimals; absent where nothing was measured.
    static func measured(_ value: Double?, decimals: Int) -> JSONValue {
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        // Without the sign of a negative zero.
        return value.map { .decimal(($0 * scale).rounded() / scale + 0) } ?? .null
    }
}
