/// A field of a command's data or of an answer, as a dictionary describes it.
final class FieldSpecification: Sendable, Decodable {
    /// How a value is shown.
    enum Kind: String, Sendable, Decodable {
        case hex, uint, amount, time, ascii, tlv, eid
    }

    let name: String
    let kind: Kind?
    /// Its length; nil takes what is left.
    let length: Int?
    /// How many bytes behind it are left to the fields that follow.
    let leave: Int?
    /// It ends before this byte, which belongs to no field.
    let until: BytePattern?
    /// It may be missing where no bytes are left.
    let optional: Bool?
    /// The table of its values' names.
    let values: String?
    /// What stands before its value instead of its name.
    let prefix: String?
    /// It must never be shown.
    let secret: Bool?
    /// It is these fields, again and again.
    let `repeat`: [FieldSpecification]?

    /// Whether it, or a field within, is secret.
    var isSecret: Bool { secret == true || (self.repeat ?? []).contains(where: \.isSecret) }
    /// Whether the lengths of it, and of the fields within, are such as an APDU can have.
    var hasPossibleLengths: Bool {
        [length, self.leave].allSatisfy { (0...65_536).contains($0 ?? 0) }
            && (self.repeat ?? []).allSatisfy(\.hasPossibleLengths)
    }
    /// The tables that it, or a field within, names.
    var valueTables: [String] { (values.map { [$0] } ?? []) + (self.repeat ?? []).flatMap(\.valueTables) }
}

/// Fields, or the name of fields that stand elsewhere in the file.
enum LayoutReference: Sendable, Decodable {
    case fields([FieldSpecification])
    case named(String)

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do {
            self = .named(try container.decode(String.self))
        } catch DecodingError.typeMismatch {
            self = .fields(try container.decode([FieldSpecification].self))
        }
    }
}
