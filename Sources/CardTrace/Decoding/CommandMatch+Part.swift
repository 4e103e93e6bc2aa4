import ISO7816

extension CommandMatch {
    /// Takes the command for the one of these whose layout its data have furthest, where the place of its secrets is known
    /// although they do not have it to the end: what parses is shown, with the place of the fault.
    mutating func acceptPart(
        of candidates: [(file: DictionaryFile, specification: CommandSpecification)], range: Range<Int>
    ) -> Bool {
        guard case .understood(let ranges) = SecretCommands.finding(of: bytes.bytes), !ranges.isEmpty else {
            return false
        }
        var best: (candidate: (file: DictionaryFile, specification: CommandSpecification), part: FieldReader.Mismatch)?
        for candidate in candidates {
            let layout = candidate.file.fields(candidate.specification.data) ?? []
            guard layout.contains(where: \.isSecret), !layout.contains(where: \.isSecretRest) else { continue }
            var reader = reader(range, names(candidate.file))
            do throws(FieldReader.Mismatch) {
                _ = try reader.read(layout)
            } catch {
                if error.fault.offset > best?.part.fault.offset ?? -1 { best = (candidate, error) }
            }
        }
        guard let best, !best.part.fields.isEmpty else { return false }
        let rest = best.part.offset..<range.upperBound
        show(
            best.part.fields, rest.isEmpty ? nil : rest, best.part.mayBeSecret, of: best.candidate,
            faults: [best.part.fault])
        return true
    }

    /// Takes the data for the last part of a whole command: what is secret there is here, and a part has no fields of its
    /// own.
    mutating func accept(partOf whole: CommandMatch) {
        let range = Self.dataRange(of: bytes.bytes)
        let before = whole.bytes.count - range.count
        for masked in whole.bytes.maskedRanges where masked.upperBound > before {
            let (start, end) = (max(0, masked.lowerBound - before), masked.upperBound - before)
            hide((range.lowerBound + start)..<(range.lowerBound + end), in: range)
        }
        guard let file, let specification, !range.isEmpty else { return }
        show([], range, false, of: (file, specification))
    }

    /// Takes the data for content of a file.
    mutating func accept(_ content: SelectedFile.Content) {
        let range = Self.dataRange(of: bytes.bytes)
        guard let file, let specification, !range.isEmpty else { return }
        let whole = content.whole(MaskedBytes([]).appending(bytes, range))
        var reader = FieldReader(names: names(content.file), bytes: whole, range: 0..<whole.count, policy: secrets)
        var (shown, unread, isSecret): ([DecodedField], Range<Int>?, Bool) = ([], nil, false)
        do throws(FieldReader.Mismatch) {
            shown = try reader.read(content.layout)
        } catch {
            (shown, isSecret) = (error.fields, error.mayBeSecret)
            unread = error.offset..<whole.count
        }
        let move = range.lowerBound - content.offset
        for secret in reader.secrets { hide((secret.lowerBound + move)..<(secret.upperBound + move), in: range) }
        let rest = unread.map { max($0.lowerBound + move, range.lowerBound)..<range.upperBound }
        if isSecret, let rest { hide(rest, in: range) }
        // A part of the file has no fields of its own.
        if content.offset == 0, rest == nil { return show(shown, nil, false, of: (file, specification)) }
        show([], range, false, of: (file, specification))
    }
}
