import ISO7816

/// Decodes a dictionary's fields from bytes.
struct FieldReader {
    /// The bytes do not have the layout.
    struct Mismatch: Error {}

    /// The file that contains the layout.
    let file: DictionaryFile
    /// The files in which tags are looked up.
    let scopes: [APDUDictionary.Scope]
    /// The bytes, some of which may be masked.
    let bytes: MaskedBytes
    /// The remaining range of `bytes`.
    private(set) var rest: Range<Int>
    /// Ranges of fields that are marked secret.
    private(set) var secrets: [Range<Int>] = []

    init(file: DictionaryFile, scopes: [APDUDictionary.Scope], bytes: MaskedBytes, range: Range<Int>) {
        self.file = file
        self.scopes = scopes
        self.bytes = bytes
        rest = range
    }

    /// Reads fields one after the other.
    mutating func read(_ fields: [FieldSpecification]) throws(Mismatch) -> [DecodedField] {
        var decoded: [DecodedField] = []
        for field in fields {
            if let part = field.repeat {
                decoded.append(DecodedField(field.name, .list(try list(part))))
            } else if let one = try one(field) {
                decoded.append(one)
            }
        }
        return decoded
    }

    private mutating func list(_ fields: [FieldSpecification]) throws(Mismatch) -> [[DecodedField]] {
        var items: [[DecodedField]] = []
        while !rest.isEmpty {
            let before = rest
            items.append(try read(fields))
            guard rest != before else { throw Mismatch() }
        }
        return items
    }

    /// Reads one field; nil where it is optional and missing, or takes the rest and nothing remains.
    private mutating func one(_ field: FieldSpecification) throws(Mismatch) -> DecodedField? {
        let range = try next(field)
        guard let range, !range.isEmpty else { return nil }
        if field.secret == true { secrets.append(range) }
        if field.secret == true || bytes.hasMasked(in: range) { return DecodedField(field.name, .secret) }
        if field.kind == .tlv { return DecodedField(field.name, .fields(try objects(range))) }
        let value = bytes.bytes[range]
        return DecodedField(
            field.name, Self.value(value, kind: field.kind ?? .hex, name: file.valueName(value, in: field.values)),
            prefix: field.prefix)
    }

    private mutating func next(_ field: FieldSpecification) throws(Mismatch) -> Range<Int>? {
        let end: Int
        var next: Int
        if let length = field.length {
            if rest.isEmpty, field.optional == true { return nil }
            (end, next) = (rest.lowerBound + length, rest.lowerBound + length)
        } else if let until = field.until {
            // A masked byte cannot be compared: the field then extends to the end, which loses nothing.
            let found = rest.first { !bytes.hasMasked(in: $0..<($0 + 1)) && until.matches(bytes.bytes[$0]) }
            end = found ?? rest.upperBound
            next = found.map { $0 + 1 } ?? end
        } else {
            end = rest.upperBound - (field.leave ?? 0)
            next = end
        }
        guard end >= rest.lowerBound, end <= rest.upperBound else { throw Mismatch() }
        next = min(next, rest.upperBound)
        defer { rest = next..<rest.upperBound }
        return rest.lowerBound..<end
    }

    /// Interprets bytes; returns them as bytes where they are too many or not text.
    static func value(
        _ bytes: ArraySlice<UInt8>, kind: FieldSpecification.Kind, name: String?
    ) -> DecodedField.Value {
        var number: UInt64?
        if bytes.count <= 8 { number = bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        switch (kind, number) {
        case (.uint, let number?): return .number(number, name: name)
        case (.amount, let number?): return .amount(number)
        case (.time, let number?): return .time(number)
        case (.hex, _) where name != nil: return .text("\(name ?? "") (\(bytes.hexadecimal()))")
        case (.eid, _) where bytes.count == 8: return .text(ValueText.identifier(bytes))
        case (.ascii, _) where bytes.allSatisfy { (0x20..<0x7F).contains($0) }:
            return .text(String(decoding: bytes, as: UTF8.self))
        default: return .bytes(Array(bytes))
        }
    }

    // MARK: Data objects

    private mutating func objects(_ range: Range<Int>) throws(Mismatch) -> [DecodedField] {
        let objects: [TLV]
        do {
            objects = try TLV.parse(bytes.bytes[range])
        } catch {
            throw Mismatch()
        }
        // The offsets of the objects are relative to the first.
        return try fields(objects, within: 0, from: range.lowerBound)
    }

    private mutating func fields(
        _ objects: [TLV], within parent: UInt32, from base: Int
    ) throws(Mismatch) -> [DecodedField] {
        var decoded: [DecodedField] = []
        for object in objects {
            let tag = object.tag.rawValue
            let known = specification(of: tag, within: parent)
            let name = known?.tag.name ?? object.tag.description
            let range = (base + object.value.startIndex)..<(base + object.value.endIndex)
            if known?.tag.secret == true {
                if case .constructed = object.content { throw Mismatch() }
                secrets.append(range)
                decoded.append(DecodedField(name, .secret))
            } else if case .constructed(let children) = object.content {
                decoded.append(DecodedField(name, .fields(try fields(children, within: tag, from: base))))
            } else {
                decoded.append(DecodedField(name, try value(of: object.value, at: range, known)))
            }
        }
        return decoded
    }

    private mutating func value(
        of bytes: ArraySlice<UInt8>, at range: Range<Int>, _ known: (file: DictionaryFile, tag: TagSpecification)?
    ) throws(Mismatch) -> DecodedField.Value {
        guard let known else { return .bytes(Array(bytes)) }
        guard let layout = known.tag.layout.flatMap({ known.file.layouts[$0] }) else {
            return Self.value(
                bytes, kind: known.tag.kind ?? .hex, name: known.file.valueName(bytes, in: known.tag.values))
        }
        var reader = FieldReader(file: known.file, scopes: scopes, bytes: self.bytes, range: range)
        let fields = try reader.read(layout)
        guard reader.rest.isEmpty else { throw Mismatch() }
        secrets += reader.secrets
        if fields.count == 1, case .list = fields[0].value { return fields[0].value }
        return .fields(fields)
    }

    /// The most specific file's entry for a tag; an entry for the parent tag takes precedence over one without parent.
    private func specification(
        of tag: UInt32, within parent: UInt32
    ) -> (file: DictionaryFile, tag: TagSpecification)? {
        for scope in scopes {
            let candidates = scope.file.index.tags(tag)
            if let exact = candidates.first(where: { $0.parent != 0 && $0.parent == parent })
                ?? candidates.first(where: { $0.parent == 0 })
            {
                return (scope.file, exact)
            }
        }
        return nil
    }
}
