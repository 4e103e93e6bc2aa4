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
            if hidden(match) { return }
            leave(whole, match)
            return
        }
        if match.isProtected, isWhole,
            let (objects, plain) = FieldReader.secureMessagingObjects(
                in: whole, 0..<whole.count, names,
                hidesPlain: match.mayAnswerSecret || layout.contains(where: \.isSecret), match.secrets)
        {
            mask(plain)
            fields = objects
            return
        }
        var reader = FieldReader(
            names: names, bytes: whole, range: 0..<whole.count, parameters: match.header.suffix(2),
            policy: match.secrets)
        do throws(FieldReader.Mismatch) {
            let read = try reader.read(layout)
            mask(reader.secrets)
            if !layout.contains(where: \.isSecret), !match.isAfterReset || !reader.rest.isEmpty, hidden(match) {
                return
            }
            guard isWhole else { return }
            (fields, leftover, faults) = (read, reader.rest.count, reader.faults.sorted { $0.offset < $1.offset })
        } catch {
            mask(reader.secrets)
            if !layout.contains(where: \.isSecret), hidden(match) { return }
            let rest = error.offset..<whole.count
            if error.mayBeSecret { mask([rest]) }
            guard isWhole else { return }
            leftover = rest.count
            let name = error.fields.isEmpty ? "answer" : "unread"
            fields = error.fields
            guard !rest.isEmpty else { return }
            fields.append(DecodedField(name, error.mayBeSecret ? .secret : .shown(reader.bytes, rest)))
        }
    }

    /// Hides all of an answer that another application would keep secret, where it is not known which was selected.
    private mutating func hidden(_ match: CommandMatch) -> Bool {
        guard match.mayAnswerSecret, match.secrets == .hidden else { return false }
        bytes.mask(0..<count)
        fields = [DecodedField("answer", .secret)]
        return true
    }

    private mutating func mask(_ secrets: [Range<Int>]) {
        for secret in secrets {
            let (start, end) = (secret.lowerBound - before.count, secret.upperBound - before.count)
            bytes.mask(max(0, start)..<max(0, min(end, count)))
        }
    }

    /// The answer to a command that no file describes: what looks like a card number is hidden all the same.
    private mutating func leave(_ whole: MaskedBytes, _ match: CommandMatch) {
        leftover = count
        if match.secrets == .hidden {
            mask(TagNames.suspects(in: whole, 0..<whole.count, match.scopes, areOfKind: true))
        }
        fields = [DecodedField("answer", .shown(bytes, 0..<count))]
    }
}
