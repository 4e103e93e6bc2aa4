/// A field of a command's data or of an answer, in a dictionary.
final class FieldSpecification: Sendable, Decodable {
    /// How a value is shown.
    enum Kind: String, Sendable, Decodable {
        case hex, uint, amount, time, ascii, tlv, eid
    }

    let name: String
    let kind: Kind?
    /// Its length; nil for the rest.
    let length: Int?
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
    /// It is a repeated group of these fields.
    let `repeat`: [FieldSpecification]?

    /// Whether it, or a nested field, is secret.
    var isSecret: Bool { secret == true || (self.repeat ?? []).contains(where: \.isSecret) }
    /// Whether its length, and those of nested fields, are possible in an APDU.
    var hasPossibleLengths: Bool {
        [length, self.leave].allSatisfy { (0...65_536).contains($0 ?? 0) }
            && (self.repeat ?? []).allSatisfy(\.hasPossibleLengths)
    }
    /// The tables that it, or a nested field, refers to.
    var valueTables: [String] { (values.map { [$0] } ?? []) + (self.repeat ?? []).flatMap(\.valueTables) }
}

/// Fields, or the name of a layout elsewhere in the file.
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
