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
        /// The fields before it.
        let fields: [DecodedField]
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
    private(set) var rest: Range<Int>
    /// Where the bytes to be read end.
    private let limit: Int
    /// Ranges of fields that are secret.
    private(set) var secrets: [Range<Int>] = []
    /// The faults of data objects, with offsets in `bytes`.
    private(set) var faults: [LenientTLV.Remark] = []

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
            do throws(Misfit) {
                if let part = field.repeat {
                    decoded.append(DecodedField(field.name, .list(try list(part, leave: field.leave ?? 0))))
                } else if let one = try one(field) {
                    decoded.append(one)
                }
            } catch {
                throw Mismatch(
                    offset: rest.lowerBound, mayBeSecret: hides(fields[index...].contains(where: \.isSecret)),
                    fields: decoded)
            }
        }
        return decoded
    }

    /// Whether something is hidden if it is secret.
    private func hides(_ isSecret: Bool) -> Bool { policy == .hidden && isSecret }

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
    private struct Misfit: Error {}

    private mutating func list(_ fields: [FieldSpecification], leave: Int) throws(Misfit) -> [[DecodedField]] {
        var items: [[DecodedField]] = []
        guard leave <= rest.count else { throw Misfit() }
        let left = (rest.upperBound - leave)..<rest.upperBound
        rest = rest.lowerBound..<left.lowerBound
        defer { rest = rest.lowerBound..<left.upperBound }
        while !rest.isEmpty {
            let before = rest
            do throws(Mismatch) { items.append(try read(fields)) } catch { throw Misfit() }
            guard rest != before else { throw Misfit() }
        }
        return items
    }

    /// Reads one field; nil where it is optional and missing, or takes the rest and nothing remains.
    private mutating func one(_ field: FieldSpecification) throws(Misfit) -> DecodedField? {
        let range = try next(field)
        guard let range, !range.isEmpty else { return nil }
        if let match = field.match, !match.contains(where: { bytes.bytes[range].starts(with: $0.bytes) }) {
            throw Misfit()
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
        return DecodedField(
            field.name, names.value(bytes.bytes[range], kind: field.kind ?? .hex, table: field.values),
            prefix: field.prefix)
    }

    private func parent(of field: FieldSpecification) -> UInt32 {
        switch field.within {
        case nil: 0
        case .tag(let tag)?: tag
        case .p1?: UInt32(parameters.first ?? 0)
        case .p2?: UInt32(parameters.last ?? 0)
        }
    }

    private mutating func next(_ field: FieldSpecification) throws(Misfit) -> Range<Int>? {
        if field.berLength == true { return try prefixed() }
        if field.length != nil || field.lengthByte == true {
            if rest.isEmpty, field.optional == true { return nil }
            return try fixed(field)
        }
        let end: Int
        var next: Int
        if let until = field.until {
            // A masked byte cannot be compared: the field then extends to the end, which loses nothing.
            let found = rest.first { !bytes.hasMasked(in: $0..<($0 + 1)) && until.matches(bytes.bytes[$0]) }
            end = found ?? rest.upperBound
            next = found.map { $0 + 1 } ?? end
        } else {
            end = rest.upperBound - (field.leave ?? 0)
            next = end
        }
        guard end >= rest.lowerBound, end <= rest.upperBound else { throw Misfit() }
        next = min(next, rest.upperBound)
        defer { rest = next..<rest.upperBound }
        return rest.lowerBound..<end
    }

    /// The range of a field whose length is known, or is in the byte before it.
    private mutating func fixed(_ field: FieldSpecification) throws(Misfit) -> Range<Int> {
        var start = rest.lowerBound
        var length = field.length ?? 0
        if field.lengthByte == true {
            // A masked length is not known.
            guard start < rest.upperBound, !bytes.hasMasked(in: start..<(start + 1)) else { throw Misfit() }
            length = Int(bytes.bytes[start])
            start += 1
        }
        guard length <= rest.upperBound - start else { throw Misfit() }
        rest = (start + length)..<rest.upperBound
        return start..<(start + length)
    }

    /// The range of a field behind the length field of a BER-TLV data object.
    private mutating func prefixed() throws(Misfit) -> Range<Int> {
        // A masked length is not known.
        guard let first = rest.first, !bytes.hasMasked(in: first..<(first + 1)) else { throw Misfit() }
        var (length, start) = (Int(bytes.bytes[first]), first + 1)
        if length >= 0x80 {
            let end = start + (length & 0x7F)
            guard (1...3).contains(end - start), end <= rest.upperBound else { throw Misfit() }
            length = bytes.bytes[start..<end].reduce(0) { $0 << 8 | Int($1) }
            start = end
        }
        guard length <= rest.upperBound - start else { throw Misfit() }
        rest = (start + length)..<rest.upperBound
        return start..<(start + length)
    }

    // MARK: Data objects

    /// Reads the data objects of `field`; their bytes where they are none, or where they may be something else and the
    /// first has no name, or one is not whole and nothing else shows that they are data objects.
    private mutating func objects(_ range: Range<Int>, of field: FieldSpecification) throws(Misfit)
        -> DecodedField.Value
    {
        let (parent, orBytes) = (parent(of: field), field.kind == .object)
        let tlv = LenientTLV(bytes.bytes[range])
        guard !tlv.hasFault || !isStrict else { throw Misfit() }
        var isKnown = false
        if case .object(let first) = tlv.nodes.first {
            isKnown =
                names.specification(of: first.tag.rawValue, within: parent).map { entry in
                    !orBytes || isExpected(first, entry, within: parent)
                } ?? false
        }
        // Masked bytes are read as 00, which may be anything unless they are a value.
        guard !isMasked(outsideValuesOf: tlv.nodes, in: range) else { return .shown(bytes, range) }
        let isEvident = isKnown && (!orBytes || !tlv.hasFault || isMeant(tlv, in: range, isPart: field.part == true))
        if !isEvident, orBytes || tlv.hasFault {
            hideSuspects(in: range)
            // The beginning of data objects, as in a part of an answer, shows where its secrets are.
            if isKnown { _ = fields(tlv.nodes, within: parent, from: range.lowerBound) }
            if !orBytes { note(tlv.remarks.prefix { !$0.isFault }.count, of: tlv, from: range.lowerBound) }
            return .shown(bytes, range)
        }
        if orBytes, tlv.hasFault {
            // A wrong length can hide the tag of a secret in the value of another data object.
            hideSuspects(in: range)
        }
        for index in tlv.remarks.indices { note(index, of: tlv, from: range.lowerBound) }
        return .fields(fields(tlv.nodes, within: parent, from: range.lowerBound))
    }

    private mutating func note(_ index: Int, of tlv: LenientTLV, from base: Int) {
        guard index < tlv.remarks.count, tlv.remarks[index].isFault else { return }
        faults.append(tlv.remarks[index].moved(by: base))
    }

    /// Whether bytes are masked that are not within one value.
    func isMasked(outsideValuesOf nodes: [LenientTLV.Node], in range: Range<Int>) -> Bool {
        guard bytes.hasMasked(in: range) else { return false }
        var end = range.lowerBound
        for leaf in leaves(nodes) {
            let value = (range.lowerBound + leaf.lowerBound)..<(range.lowerBound + leaf.upperBound)
            if bytes.hasMasked(in: end..<value.lowerBound) { return true }
            end = value.upperBound
        }
        return bytes.hasMasked(in: end..<range.upperBound)
    }

    /// The values of primitive data objects, in order.
    private func leaves(_ nodes: [LenientTLV.Node]) -> [Range<Int>] {
        nodes.flatMap { node -> [Range<Int>] in
            guard case .object(let object) = node else { return [] }
            return object.children.map(leaves) ?? [object.value]
        }
    }

    mutating func fields(
        _ nodes: [LenientTLV.Node], within parent: UInt32, from base: Int
    ) -> [DecodedField] {
        nodes.map { node in
            switch node {
            case .unread(let unread):
                let range = (base + unread.lowerBound)..<(base + unread.upperBound)
                hideSuspects(in: range)
                return DecodedField("unread", .shown(bytes, range))
            case .object(let object):
                return field(object, within: parent, from: base)
            }
        }
    }

    private mutating func field(
        _ object: LenientTLV.Object, within parent: UInt32, from base: Int
    ) -> DecodedField {
        let tag = object.tag.rawValue
        let known = names.specification(of: tag, within: parent)
        let name = known?.tag.name ?? object.tag.description
        let range = (base + object.value.lowerBound)..<(base + object.value.upperBound)
        let header = (base + object.header.lowerBound)..<range.lowerBound
        // What follows a template can belong to a secret value that is longer than it.
        guard !bytes.hasMasked(in: header) else { return DecodedField("unread", .secret) }
        if hides(known?.tag.secret == true), !range.isEmpty {
            hide(
                range
                    .lowerBound..<max(
                        range.upperBound, end(ofValueAt: range.lowerBound, header.dropFirst(object.tag.byteCount))))
            return DecodedField(name, .secret)
        }
        if let children = object.children, known?.tag.layout == nil {
            return DecodedField(
                name, .fields(fields(children, within: tag, from: base)),
                prefix: known?.tag.heading == true ? name : nil)
        }
        return DecodedField(name, value(at: range, known), prefix: known?.tag.heading == true ? name : nil)
    }

    /// Where a value ends by its length field, as far as there are bytes.
    private func end(ofValueAt start: Int, _ field: Range<Int>) -> Int {
        guard let first = field.first else { return start }
        let length =
            field.count == 1 ? Int(bytes.bytes[first]) : field.dropFirst().reduce(0) { $0 << 8 | Int(bytes.bytes[$1]) }
        return min(start + length, limit)
    }

    private mutating func value(at range: Range<Int>, _ known: TagNames.Entry?) -> DecodedField.Value {
        guard !bytes.hasMasked(in: range) else { return .secret }
        let value = bytes.bytes[range]
        guard let known else { return .bytes(Array(value)) }
        let names = names.within(known.file)
        guard let layout = known.tag.layout.flatMap({ known.file.layouts[$0] }) else {
            return names.value(value, kind: known.tag.kind ?? .hex, table: known.tag.values)
        }
        var reader = FieldReader(names: names, bytes: self.bytes, range: range, policy: policy)
        do throws(Mismatch) {
            let fields = try reader.read(layout)
            for secret in reader.secrets { hide(secret) }
            guard reader.rest.isEmpty else { return .shown(bytes, range) }
            faults += reader.faults
            if fields.count == 1, case .list = fields[0].value { return fields[0].value }
            return .fields(fields)
        } catch {
            if error.mayBeSecret || hides(layout.contains(where: \.isSecret)) {
                hide(range)
                return .secret
            }
            return .bytes(Array(value))
        }
    }
}
