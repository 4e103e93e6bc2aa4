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
    /// The file that it is read from.
    private let content: SelectedFile.Content?

    /// - Parameters:
    ///   - count: how many bytes of `bytes` are data.
    ///   - before: the previous parts.
    ///   - content: of the file that they are read from; nil where no dictionary describes it.
    init(_ bytes: MaskedBytes, count: Int, before: MaskedBytes, content: SelectedFile.Content? = nil) {
        self.bytes = bytes
        self.count = count
        self.before = content?.whole(before) ?? before
        self.content = content
    }

    /// Decodes the fields of `match` from the data.
    ///
    /// A part that is not the last has no fields of its own, but what is secret in it is masked. Where the fields do
    /// not fit, the bytes are shown, unless one of them is secret: then its position is unknown.
    mutating func read(_ match: CommandMatch, isWhole: Bool) {
        guard count > 0 else { return }
        defer { if isWhole, let content, content.offset > 0 || !faults.isEmpty { showPart() } }
        let whole = before.appending(bytes, 0..<count)
        guard let names = content.flatMap({ match.names?.within($0.file) }) ?? match.names,
            let layout = layout(match, whole, isWhole: isWhole)
        else {
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
            if match.secrets == .hidden, content == nil, isPlain(layout, match) {
                mask(TagNames.suspects(in: whole, 0..<whole.count, match.scopes, areOfKind: true))
                if isWhole {
                    fields = [DecodedField(layout[0].name, .shown(before.appending(bytes, 0..<count), 0..<whole.count))]
                }
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
            if !fields.isEmpty { faults = [error.fault] }
            guard !rest.isEmpty else { return }
            fields.append(DecodedField(name, error.mayBeSecret ? .secret : .shown(reader.bytes, rest)))
        }
    }

    /// The layout of the answer: of several the first that takes all bytes, otherwise the last.
    private func layout(_ match: CommandMatch, _ whole: MaskedBytes, isWhole: Bool) -> [FieldSpecification]? {
        if let content { return content.layout }
        guard let names = match.names else { return nil }
        let reader = FieldReader(
            names: names, bytes: whole, range: 0..<whole.count, parameters: match.header.suffix(2),
            policy: match.secrets)
        let layouts = isWhole ? names.file.alternatives(match.specification?.answer) : []
        if let layout = layouts.first(where: reader.fits) { return layout }
        return names.file.fields(match.specification?.answer)
    }

    /// Hides all of an answer that another application would keep secret, where it is not known which was selected.
    private mutating func hidden(_ match: CommandMatch) -> Bool {
        guard match.mayAnswerSecret, match.secrets == .hidden else { return false }
        bytes.mask(0..<count)
        fields = [DecodedField("answer", .secret)]
        return true
    }

    /// Whether it is read from a file, and its layout says nothing of the bytes: they can have any data objects.
    private func isPlain(_ layout: [FieldSpecification], _ match: CommandMatch) -> Bool {
        guard layout.count == 1, FileAccess(match.header) != nil else { return false }
        return layout[0].kind == nil && layout[0].length == nil && layout[0].secret != true && layout[0].repeat == nil
    }

    /// Shows the bytes alone where they are a part of their file.
    private mutating func showPart() {
        (fields, leftover, faults) = ([DecodedField("data", .shown(bytes, 0..<count))], 0, [])
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
