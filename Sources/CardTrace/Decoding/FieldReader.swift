import ISO7816

/// Decodes a dictionary's fields from bytes.
///
/// Data objects are read as far as they can be: where a fault is, what stands before it has its names, and what follows
/// is shown as bytes. See ``LenientTLV``.
struct FieldReader {
    /// The bytes do not have the layout.
    struct Mismatch: Error {
        /// The first byte that no field has taken.
        let offset: Int
        /// Whether the field that does not fit, or one after it, is secret.
        let mayBeSecret: Bool
        /// The fields before it, and of a repeated group what was read of it.
        let fields: [DecodedField]
        /// The place and what is wrong there.
        let fault: LenientTLV.Remark
    }

    /// The files in which tags are looked up, and the file that contains the layout.
    let names: TagNames
    /// The bytes, some of which may be masked; secret ones are as they are found.
    private(set) var bytes: MaskedBytes
    /// The command's P1 and P2, which can be the tag around its data.
    let parameters: ArraySlice<UInt8>
    /// Whether faults in data objects are a mismatch, as where a command's layout is looked for.
    let isStrict: Bool
    /// Whether secret fields are hidden.
    let policy: SecretPolicy
    /// The remaining range of `bytes`.
    var rest: Range<Int>
    /// Where the bytes to be read end.
    let limit: Int
    /// Ranges of fields that are secret.
    private(set) var secrets: [Range<Int>] = []
    /// The faults of data objects, with offsets in `bytes`.
    var faults: [LenientTLV.Remark] = []

    init(
        names: TagNames, bytes: MaskedBytes, range: Range<Int>, parameters: ArraySlice<UInt8> = [],
        isStrict: Bool = false, policy: SecretPolicy
    ) {
        self.names = names
        self.bytes = bytes
        self.parameters = parameters
        self.isStrict = isStrict
        self.policy = policy
        rest = range
        limit = range.upperBound
    }

    /// Reads fields one after the other.
    mutating func read(_ fields: [FieldSpecification]) throws(Mismatch) -> [DecodedField] {
        var decoded: [DecodedField] = []
        for (index, field) in fields.enumerated() {
            let start = rest
            do throws(Misfit) {
                if let part = field.repeat {
                    decoded.append(DecodedField(field.name, .list(try list(part, leave: field.leave ?? 0))))
                } else if let one = try one(field) {
                    decoded.append(one)
                }
            } catch {
                if let items = error.items {
                    decoded.append(DecodedField(field.name, .list(items)))
                } else {
                    // A field that does not fit has taken nothing.
                    rest = start
                }
                throw Mismatch(
                    offset: rest.lowerBound, mayBeSecret: hides(fields[index...].contains(where: \.isSecret)),
                    fields: decoded, fault: LenientTLV.Remark(error.kind, offset: error.offset))
            }
        }
        return decoded
    }

    /// Whether the fields of a layout take all of the bytes that remain, without a fault.
    func fits(_ layout: [FieldSpecification]) -> Bool {
        var reader = FieldReader(
            names: names, bytes: bytes, range: rest, parameters: parameters, isStrict: true, policy: policy)
        do { _ = try reader.read(layout) } catch { return false }
        return reader.rest.isEmpty
    }

    /// Whether something is hidden if it is secret.
    func hides(_ isSecret: Bool) -> Bool { policy == .hidden && isSecret }

    /// Hides a secret field: what is shown of these bytes afterwards does not contain it.
    mutating func hide(_ range: Range<Int>) {
        secrets.append(range)
        bytes.mask(range)
    }

    /// Hides the values in `range` that look like secret ones.
    mutating func hideSuspects(in range: Range<Int>) {
        guard policy == .hidden else { return }
        for suspect in names.suspects(in: bytes, range) { hide(suspect) }
    }

    /// A field does not fit.
    struct Misfit: Error {
        let kind: LenientTLV.Remark.Kind
        let offset: Int
        /// Of a repeated group, what was read; nil where that is nothing.
        var items: [[DecodedField]]?

        init(_ kind: LenientTLV.Remark.Kind, at offset: Int) { (self.kind, self.offset) = (kind, offset) }
    }

    private mutating func list(_ fields: [FieldSpecification], leave: Int) throws(Misfit) -> [[DecodedField]] {
        var items: [[DecodedField]] = []
        guard leave <= rest.count else { throw Misfit(.missing(leave - rest.count), at: rest.upperBound) }
        let left = (rest.upperBound - leave)..<rest.upperBound
        rest = rest.lowerBound..<left.lowerBound
        defer { rest = rest.lowerBound..<left.upperBound }
        while !rest.isEmpty {
            let before = rest
            do throws(Mismatch) {
                items.append(try read(fields))
            } catch {
                var misfit = Misfit(error.fault.kind, at: error.fault.offset)
                if !error.fields.isEmpty { items.append(error.fields) }
                misfit.items = items.isEmpty ? nil : items
                throw misfit
            }
            guard rest != before else { throw Misfit(.unexpectedValue, at: rest.lowerBound) }
        }
        return items
    }

    /// Reads one field; nil where it is optional and missing, or takes the rest and nothing remains.
    private mutating func one(_ field: FieldSpecification) throws(Misfit) -> DecodedField? {
        let range = try next(field)
        guard let range, !range.isEmpty, field.reserved != true else { return nil }
        if let match = field.match, !match.contains(where: { bytes.bytes[range].starts(with: $0.bytes) }) {
            throw Misfit(.unexpectedValue, at: range.lowerBound)
        }
        if let end = field.matchEnd,
            !end.contains(where: { bytes.bytes[range].suffix($0.bytes.count) == $0.bytes[...] })
        {
            throw Misfit(.unexpectedValue, at: range.upperBound - 1)
        }
        if hides(field.secret == true) {
            hide(range)
            return DecodedField(field.name, .secret)
        }
        switch field.kind {
        case .tlv?, .object?: return DecodedField(field.name, try objects(range, of: field))
        default: break
        }
        if bytes.hasMasked(in: range) { return DecodedField(field.name, .shown(bytes, range)) }
        if let parts = field.parts {
            return DecodedField(field.name, .fields(self.parts(parts, of: bytes.bytes[range.lowerBound])))
        }
        return DecodedField(
            field.name, names.value(bytes.bytes[range], kind: field.kind ?? .hex, table: field.values),
            prefix: field.prefix)
    }

    private func parts(_ parts: [CommandSpecification.Part], of byte: UInt8) -> [DecodedField] {
        parts.map { part in
            let value = part.value(in: byte)
            let name = names.file.valueName([value], in: part.values)
            return DecodedField(part.name, .number(UInt64(value), name: name), prefix: part.prefix)
        }
    }

    func parent(of field: FieldSpecification) -> UInt32 {
        switch field.within {
        case nil: 0
        case .tag(let tag)?: tag
        case .p1?: UInt32(parameters.first ?? 0)
        case .p2?: UInt32(parameters.last ?? 0)
        }
    }
}
