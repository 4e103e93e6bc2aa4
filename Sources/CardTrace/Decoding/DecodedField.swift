import ISO7816

/// A field of a command or an answer, with its name and what it means.
public struct DecodedField: Sendable, Hashable {
    /// What a field holds.
    public enum Value: Sendable, Hashable {
        /// Bytes without a meaning of their own.
        case bytes([UInt8])
        /// A number, and its name where it has one.
        case number(UInt64, name: String?)
        /// An amount in micro-units.
        case amount(UInt64)
        /// Seconds since 1970-01-01 UTC.
        case time(UInt64)
        /// Text, or what reads best as text (an identifier).
        case text(String)
        /// Fields within, as in a template.
        case fields([DecodedField])
        /// The same fields again and again.
        case list([[DecodedField]])
        /// It is never shown.
        case secret
    }

    /// What the dictionary calls it.
    public let name: String
    /// What it holds.
    public let value: Value
    /// Stands before the value instead of the name: `v1`.
    let prefix: String?

    init(_ name: String, _ value: Value, prefix: String? = nil) {
        self.name = name
        self.value = value
        self.prefix = prefix
    }

    /// The value in words; `••` where it is secret.
    public var text: String {
        switch value {
        case .bytes(let bytes): bytes.hexadecimal()
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

    /// The value, with its name where the value does not speak for itself.
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
