import ISO7816

/// A command in a dictionary.
package final class CommandSpecification: Sendable, Decodable {
    /// The effect of a command on decoding.
    enum Effect: String, Sendable, Decodable {
        /// It selects an application by name.
        case select
        /// Its answer continues the previous answer.
        case `continue`
    }

    /// P1 or P2.
    package struct Parameter: Sendable, Decodable {
        package let match: BytePattern?
        /// nil where it is not worth showing.
        let name: String?
        let values: String?
        let prefix: String?
        /// The groups of bits that are shown instead.
        let parts: [Part]?

        /// What is shown of it.
        var shown: [Part] { parts ?? (name.map { [Part(name: $0, bits: nil, values: values, prefix: prefix)] } ?? []) }
        /// The tables that it refers to.
        var valueTables: [String?] { [values] + (parts ?? []).map(\.values) }
    }

    /// Bits of P1 or P2.
    struct Part: Sendable, Decodable {
        let name: String
        /// A byte in which they are 1; nil for all.
        let bits: HexadecimalBytes?
        let values: String?
        let prefix: String?

        /// The number that they make in `byte`.
        func value(in byte: UInt8) -> UInt8 {
            guard let mask = bits?.bytes.first else { return byte }
            return (byte & mask) >> UInt8(mask.trailingZeroBitCount)
        }
    }

    package let name: String
    let effect: Effect?
    /// The applications of the file that have it; nil for all.
    package let `in`: [String]?
    package let cla: [BytePattern]
    package let ins: [BytePattern]
    package let p1: Parameter?
    package let p2: Parameter?
    let data: LayoutReference?
    let answer: LayoutReference?
    let status: [StatusPattern]?

    /// Whether the class byte, instruction and parameters fit.
    func matches(_ header: ArraySlice<UInt8>) -> Bool {
        let (cla, ins) = (header[header.startIndex], header[header.startIndex + 1])
        return self.cla.contains { $0.matches(cla) } && self.ins.contains { $0.matches(ins) }
            && p1?.match?.matches(header[header.startIndex + 2]) ?? true
            && p2?.match?.matches(header[header.startIndex + 3]) ?? true
    }
}

/// A tag in a dictionary.
final class TagSpecification: Sendable, Decodable {
    let tag: String
    let name: String
    let kind: FieldSpecification.Kind?
    let values: String?
    let secret: Bool?
    /// Whether text shows its name before what it contains.
    let heading: Bool?
    /// The layouts of its value: the first that takes all bytes is meant, otherwise the last.
    let layouts: [String]
    /// `tag` as a number.
    let number: UInt32
    /// The tags directly within which it has this meaning; empty for any.
    let parents: [UInt32]

    /// The parent of data objects of secure messaging, which have no tag around them.
    static let secureMessaging: UInt32 = .max

    private enum Key: String, CodingKey { case tag, `in`, name, kind, values, secret, heading, layout }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        func number(_ key: Key, _ text: String) throws -> UInt32 {
            guard let number = UInt32(text, radix: 16), TLVTag(rawValue: number) != nil else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container, debugDescription: "\(text) is not a BER-TLV tag such as 5A or 9F38")
            }
            return number
        }
        tag = try container.decode(String.self, forKey: .tag)
        name = try container.decode(String.self, forKey: .name)
        kind = try container.decodeIfPresent(FieldSpecification.Kind.self, forKey: .kind)
        values = try container.decodeIfPresent(String.self, forKey: .values)
        secret = try container.decodeIfPresent(Bool.self, forKey: .secret)
        heading = try container.decodeIfPresent(Bool.self, forKey: .heading)
        layouts = try container.decodeIfPresent(OneOrMore.self, forKey: .layout)?.texts ?? []
        self.number = try number(.tag, tag)
        parents = try (container.decodeIfPresent(OneOrMore.self, forKey: .in)?.texts ?? []).map {
            $0 == "SM" ? Self.secureMessaging : try number(.in, $0)
        }
    }
}

/// A text, or a list of texts.
private struct OneOrMore: Decodable {
    let texts: [String]

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            texts = [try container.decode(String.self)]
        } catch DecodingError.typeMismatch {
            texts = try container.decode([String].self)
        }
    }
}
