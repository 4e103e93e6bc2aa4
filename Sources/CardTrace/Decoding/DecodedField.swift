import ISO7816

/// A field of a command or an answer, with its name and meaning.
public struct DecodedField: Sendable, Hashable {
    /// The value of a field.
    public enum Value: Sendable, Hashable {
        /// Bytes without further meaning.
        case bytes([UInt8])
        /// Bytes without further meaning, some of which are hidden.
        case masked(MaskedBytes)
        /// A number, and its name if any.
        case number(UInt64, name: String?)
        /// An amount in micro-units.
        case amount(UInt64)
        /// Seconds since 1970-01-01 UTC.
        case time(UInt64)
        /// Text, or a value best shown as text (an identifier).
        case text(String)
        /// Nested fields, as in a template.
        case fields([DecodedField])
        /// Repeated groups of the same fields.
        case list([[DecodedField]])
        /// Never shown.
        case secret
    }

    /// Its name in the dictionary.
    public let name: String
    /// Its value.
    public let value: Value
    /// Shown before the value instead of the name: `v1`. Nested fields show their names only, unless this is given.
    let prefix: String?

    init(_ name: String, _ value: Value, prefix: String? = nil) {
        self.name = name
        self.value = value
        self.prefix = prefix
    }

    /// The value as text; `••` where it is secret.
    public var text: String {
        switch value {
        case .bytes(let bytes): bytes.hexadecimal()
        case .masked(let bytes): bytes.hexadecimal()
        case .number(let number, let name): name ?? "\(prefix ?? "")\(number)"
        case .amount(let amount): ValueText.amount(amount)
        case .time(let seconds): ValueText.time(seconds)
        case .text(let text): text
        case .fields(let fields): fields.map(\.labelled).joined(separator: " ")
        case .list(let items):
            items.map { $0.map(\.short).joined(separator: " ") }.joined(separator: ", ")
        case .secret: MaskedBytes.mask
        }
    }

    /// The value, with its name where the value is not self-explanatory.
    var short: String {
        if case .number(_, .some) = value { return text }
        return prefix == nil ? labelled : text
    }

    /// Name and value.
    var labelled: String {
        if case .fields = value { return text }
        return "\(name)=\(text)"
    }
}

extension DecodedField.Value {
    /// The bytes at a range; secret where all are masked.
    static func shown(_ bytes: MaskedBytes, _ range: Range<Int>) -> Self {
        guard bytes.hasMasked(in: range) else { return .bytes(Array(bytes.bytes[range])) }
        let part = MaskedBytes([]).appending(bytes, range)
        return part.isMasked(0..<part.count) ? .secret : .masked(part)
    }
}
