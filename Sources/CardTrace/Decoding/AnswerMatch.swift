import ISO7816

/// The fields of an answer, which may have been received in parts.
struct AnswerMatch {
    private(set) var fields: [DecodedField] = []
    /// Number of data bytes that no field covers.
    private(set) var leftover = 0
    /// The answer's bytes, secret ones masked.
    private(set) var bytes: MaskedBytes
    /// Where data objects cannot be read, counted from the first byte of the whole answer.
    private(set) var faults: [LenientTLV.Remark] = []
    private let count: Int
    private let before: MaskedBytes

    /// - Parameters:
    ///   - count: how many bytes of `bytes` are data.
    ///   - before: the previous parts.
    init(_ bytes: MaskedBytes, count: Int, before: MaskedBytes) {
        self.bytes = bytes
        self.count = count
        self.before = before
    }

    /// Decodes the fields of `match` from the data.
    ///
    /// A part that is not the last has no fields of its own, but what is secret in it is masked. Where the fields do
    /// not fit, the bytes are shown, unless one of them is secret: then its position is unknown.
    mutating func read(_ match: CommandMatch, isWhole: Bool) {
        guard count > 0 else { return }
        let whole = before.appending(bytes, 0..<count)
        guard let names = match.names, let layout = names.file.fields(match.specification?.answer) else {
            leave()
            return
        }
        if match.isProtected, isWhole, !layout.contains(where: \.isSecret),
            let objects = FieldReader.secureMessagingObjects(in: whole, 0..<whole.count, names, match.secrets)
        {
            fields = objects
            return
        }
        var reader = FieldReader(
            names: names, bytes: whole, range: 0..<whole.count, parameters: match.header.suffix(2),
            policy: match.secrets)
        do throws(FieldReader.Mismatch) {
            let read = try reader.read(layout)
            mask(reader.secrets)
            guard isWhole else { return }
            (fields, leftover, faults) = (read, reader.rest.count, reader.faults.sorted { $0.offset < $1.offset })
        } catch {
            mask(reader.secrets)
            let rest = error.offset..<whole.count
            if error.mayBeSecret { mask([rest]) }
            guard isWhole else { return }
            leftover = rest.count
            let isSecret = error.mayBeSecret || whole.hasMasked(in: rest)
            let name = error.fields.isEmpty ? "answer" : "unread"
            fields = error.fields
            if !rest.isEmpty { fields.append(DecodedField(name, isSecret ? .secret : .bytes(whole.bytes, rest))) }
        }
    }

    private mutating func mask(_ secrets: [Range<Int>]) {
        for secret in secrets {
            let (start, end) = (secret.lowerBound - before.count, secret.upperBound - before.count)
            bytes.mask(max(0, start)..<max(0, min(end, count)))
        }
    }

    private mutating func leave() {
        leftover = count
        fields = [
            DecodedField("answer", bytes.hasMasked(in: 0..<count) ? .secret : .bytes(bytes.bytes, 0..<count))
        ]
    }
}

extension DecodedField.Value {
    /// The bytes at a range.
    static func bytes(_ bytes: [UInt8], _ range: Range<Int>) -> Self { .bytes(Array(bytes[range])) }
}
