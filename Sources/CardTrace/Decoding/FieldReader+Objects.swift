import ISO7816

/// Data objects in fields.
extension FieldReader {
    /// Reads the data objects of `field`; their bytes where they are none, or where they may be something else and the
    /// first has no name, or one is not whole and nothing else shows that they are data objects.
    mutating func objects(_ range: Range<Int>, of field: FieldSpecification) throws(Misfit)
        -> DecodedField.Value
    {
        let (parent, orBytes) = (parent(of: field), field.kind == .object)
        let tlv = LenientTLV(bytes.bytes[range])
        if isStrict, let fault = tlv.remarks.first(where: \.isFault) {
            throw Misfit(fault.kind, at: fault.moved(by: range.lowerBound).offset)
        }
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
        if let children = object.children, known?.tag.layouts.isEmpty ?? true {
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
        guard let known else { return bytes.hasMasked(in: range) ? .secret : .bytes(Array(bytes.bytes[range])) }
        let names = names.within(known.file)
        let layouts = known.tag.layouts.compactMap { known.file.layouts[$0] }
        guard let last = layouts.last, !bytes.isMasked(range) else {
            return bytes.hasMasked(in: range)
                ? .secret : names.value(bytes.bytes[range], kind: known.tag.kind ?? .hex, table: known.tag.values)
        }
        var reader = FieldReader(names: names, bytes: self.bytes, range: range, policy: policy)
        let layout = layouts.dropLast().first(where: reader.fits) ?? last
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
            for secret in reader.secrets { hide(secret) }
            guard !error.fields.isEmpty else { return .shown(bytes, range) }
            faults += reader.faults + [error.fault]
            let unread = error.offset..<range.upperBound
            return .fields(error.fields + (unread.isEmpty ? [] : [DecodedField("unread", .shown(bytes, unread))]))
        }
    }
}
