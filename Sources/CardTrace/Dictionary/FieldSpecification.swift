import ISO7816

/// A field of a command's data or of an answer, in a dictionary.
final class FieldSpecification: Sendable, Decodable {
    /// How a value is shown.
    enum Kind: String, Sendable, Decodable {
        case hex, uint, amount, time, ascii, eid
        /// An application identifier, with the application's name.
        case aid
        /// Binary-coded decimal digits, as in card numbers and dates.
        case bcd
        /// Data objects.
        case tlv
        /// Data objects where it consists of known ones, otherwise bytes.
        case object
    }

    let name: String
    let kind: Kind?
    /// Its length; nil for the rest.
    let length: Int?
    /// Its length is in the byte before it.
    let lengthByte: Bool?
    /// Its length is before it, as the length field of a BER-TLV data object.
    let berLength: Bool?
    /// How many bytes it leaves to the fields that follow.
    let leave: Int?
    /// It ends before this delimiter, which belongs to no field.
    let until: BytePattern?
    /// It may be missing where no bytes remain.
    let optional: Bool?
    /// The table of its value names.
    let values: String?
    /// The prefix shown instead of its name.
    let prefix: String?
    /// It is never shown.
    let secret: Bool?
    /// The tag that its data objects are within, although it is not in the bytes.
    let within: Surrounding?
    /// It may be a part of data objects, which goes on elsewhere.
    let part: Bool?
    /// Bytes one of which it must begin with.
    let match: [HexadecimalBytes]?
    /// Bytes one of which it must end with.
    let matchEnd: [HexadecimalBytes]?
    /// It has no meaning yet, and is not shown.
    let reserved: Bool?
    /// The groups of bits that are shown instead of a field of one byte.
    let parts: [CommandSpecification.Part]?
    /// It is a repeated group of these fields.
    let `repeat`: [FieldSpecification]?

    /// A tag around data objects: P1 or P2 of the command (P2 in MANAGE SECURITY ENVIRONMENT), or a fixed one.
    enum Surrounding: Sendable, Hashable {
        case p1, p2
        case tag(UInt32)
    }

    /// Whether it, or a nested field, is secret.
    var isSecret: Bool { secret == true || (self.repeat ?? []).contains(where: \.isSecret) }
    /// Whether it is secret and takes whatever is left.
    var isSecretRest: Bool { secret == true && length == nil && lengthByte != true && berLength != true }
    /// Whether its length, and those of nested fields, are possible in an APDU.
    var hasPossibleLengths: Bool {
        [length, self.leave].allSatisfy { (0...65_536).contains($0 ?? 0) }
            && (self.repeat ?? []).allSatisfy(\.hasPossibleLengths)
    }
    /// Whether it has one byte where it has parts, and nested fields do.
    var hasPossibleParts: Bool {
        (parts == nil || length == 1) && (self.repeat ?? []).allSatisfy(\.hasPossibleParts)
    }
    /// The tables that it, or a nested field, refers to.
    var valueTables: [String] {
        (values.map { [$0] } ?? []) + (parts ?? []).compactMap(\.values)
            + (self.repeat ?? []).flatMap(\.valueTables)
    }
}

extension FieldSpecification.Surrounding: Decodable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        switch text {
        case "p1": self = .p1
        case "p2": self = .p2
        default:
            guard let number = UInt32(text, radix: 16), TLVTag(rawValue: number) != nil else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "\(text) is not p1, p2 or a BER-TLV tag such as D0")
            }
            self = .tag(number)
        }
    }
}

/// Bytes in hexadecimal digits.
struct HexadecimalBytes: Sendable, Decodable {
    let bytes: [UInt8]

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let digits = try container.decode(String.self)
        guard let bytes = [UInt8](hexadecimal: digits) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\(digits) are not bytes in hexadecimal digits")
        }
        self.bytes = bytes
    }
}

/// Fields, or the name of a layout elsewhere in the file, or the names of several, the first of which that takes all
/// bytes is meant, otherwise the last.
enum LayoutReference: Sendable, Decodable {
    case fields([FieldSpecification])
    case named(String)
    case firstThatFits([String])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            self = .named(try container.decode(String.self))
            return
        } catch DecodingError.typeMismatch {}
        do {
            let names = try container.decode([String].self)
            self = names.isEmpty ? .fields([]) : .firstThatFits(names)
        } catch DecodingError.typeMismatch {
            self = .fields(try container.decode([FieldSpecification].self))
        }
    }

    /// The layouts that it names.
    var names: [String] {
        switch self {
        case .fields: []
        case .named(let name): [name]
        case .firstThatFits(let names): names
        }
    }
}
