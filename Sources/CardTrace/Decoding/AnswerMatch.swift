/// The fields of an answer, which may have been received in parts.
struct AnswerMatch {
    private(set) var fields: [DecodedField] = []
    /// Number of data bytes that no field covers.
    private(set) var leftover = 0
    /// The answer's bytes, secret ones masked.
    private(set) var bytes: MaskedBytes
    private let count: Int
    private let before: [UInt8]

    /// - Parameters:
    ///   - count: how many bytes of `bytes` are data.
    ///   - before: the previous parts.
    init(_ bytes: MaskedBytes, count: Int, before: [UInt8]) {
        self.bytes = bytes
        self.count = count
        self.before = before
    }

    /// Decodes the fields of `match` from the data.
    ///
    /// Where they do not fit, and in a part that is not the last, the position of secrets is unknown: then everything
    /// is masked if there may be one.
    mutating func read(_ match: CommandMatch, isWhole: Bool) {
        guard count > 0 else { return }
        let whole = MaskedBytes(before + bytes.bytes.prefix(count))
        guard let file = match.file, let layout = file.fields(match.specification?.answer) else {
            leave()
            return
        }
        let mayBeSecret =
            layout.contains(where: \.isSecret)
            || layout.contains { $0.kind == .tlv }
                && match.scopes.contains(where: \.file.hasSecretTags)
        guard isWhole else {
            if mayBeSecret { bytes.mask(0..<count) }
            return
        }
        var reader = FieldReader(file: file, scopes: match.scopes, bytes: whole, range: 0..<whole.count)
        do {
            fields = try reader.read(layout)
        } catch {
            fields = []
            if mayBeSecret { bytes.mask(0..<count) }
            leave()
            return
        }
        leftover = reader.rest.count
        for secret in reader.secrets {
            let (start, end) = (secret.lowerBound - before.count, secret.upperBound - before.count)
            bytes.mask(max(0, start)..<max(0, end))
        }
    }

    private mutating func leave() {
        leftover = count
        fields = [
            DecodedField(
                "answer", bytes.hasMasked(in: 0..<count) ? .secret : .bytes(Array(bytes.bytes.prefix(count))))
        ]
    }
}
