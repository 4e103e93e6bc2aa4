import ISO7816

/// The file that is current on a logical channel, as far as a trace shows it, and what was read of it last.
///
/// Files of keys are known by their identifiers. A secret data object can go on in the next part that is read.
struct SelectedFile: Sendable {
    /// What a file contains that a dictionary describes.
    struct Content: Sendable {
        /// The dictionary's file.
        let file: DictionaryFile
        /// The card's file.
        let identifier: [UInt8]
        let layout: [FieldSpecification]
        /// Where the bytes at hand begin in the file.
        let offset: Int

        /// Bytes of the file, with zeros for those before them, so that a field is where the layout has it.
        func whole(_ bytes: MaskedBytes) -> MaskedBytes {
            MaskedBytes(Array(repeating: 0, count: offset)).appending(bytes, 0..<bytes.count)
        }
    }

    /// nil where no selection of a file was seen.
    private var identifier: [UInt8]?
    /// Of the directory around it; nil where unknown.
    private var directory: [UInt8]?
    /// The short identifier that selected it.
    private var shortIdentifier: UInt8?
    /// The bytes read last, which are not shown from here, and where they begin.
    private var part: (start: Int, bytes: MaskedBytes)?

    /// The longest value that is looked for, with its tag and length, may begin so far before a part.
    private static let maxOverlap = 262

    // MARK: Selection

    /// Follows a SELECT (INS A4) that was done.
    ///
    /// - Parameters:
    ///   - header: CLA, INS, P1, P2.
    ///   - data: an identifier, a path or a name.
    mutating func select(_ header: [UInt8], _ data: [UInt8]) {
        (part, shortIdentifier) = (nil, nil)
        switch header[2] {
        case 0x04: (identifier, directory) = (nil, Self.application)
        case 0x03: (identifier, directory) = (nil, nil)
        default:
            if header[2] == 0x08 { directory = Self.master }
            if data.isEmpty { (identifier, directory) = (nil, Self.master) }
            for start in stride(from: 0, to: data.count - data.count % 2, by: 2) {
                enter([data[start], data[start + 1]], isDirectory: header[2] == 0x01 || start + 2 < data.count)
            }
        }
    }

    /// 3F00, 7Fxx and 5Fxx are the MF and directories on cards of mobile networks.
    private mutating func enter(_ file: [UInt8], isDirectory: Bool) {
        if isDirectory || file == Self.master || file[0] == 0x7F || file[0] == 0x5F {
            (identifier, directory) = (nil, file)
        } else {
            identifier = file
        }
    }

    private static let master: [UInt8] = [0x3F, 0x00]
    /// The current application (ETSI TS 102 221, 8.3).
    private static let application: [UInt8] = [0x7F, 0xFF]

    // MARK: Content

    /// What a command reads or writes where it is of a file whose content a dictionary describes.
    ///
    /// - Parameter isNamed: whether an application was selected by name.
    func content(
        _ access: FileAccess, _ header: [UInt8], _ scopes: [APDUDictionary.Scope], isNamed: Bool
    ) -> Content? {
        for scope in scopes where !scope.file.contents.isEmpty {
            // Another application has files of its own by these identifiers.
            guard scope.application != nil || !isNamed || header[0] == 0xA0 else { continue }
            let found = scope.file.contents.first { content in
                if let asked = access.shortIdentifier, asked != shortIdentifier || identifier == nil {
                    return content.shortIdentifier?.bytes == [asked] && directory.map(content.isWithin) ?? false
                }
                return content.file.bytes == identifier && directory.map(content.isWithin) ?? true
            }
            guard let found, let layout = scope.file.layouts[found.layout] else { continue }
            return Content(
                file: scope.file, identifier: found.file.bytes, layout: layout, offset: access.offset)
        }
        return nil
    }

    // MARK: Parts

    /// Masks what belongs to a secret data object that began in the part read before.
    ///
    /// - Parameters:
    ///   - answer: data and status word.
    ///   - count: how many bytes are data.
    ///   - offset: where they begin in the file.
    func masking(
        _ answer: MaskedBytes, count: Int, at offset: Int, _ scopes: [APDUDictionary.Scope]
    ) -> MaskedBytes {
        guard let part, offset > part.start, offset <= part.start + part.bytes.count else { return answer }
        let before = offset - part.start
        let whole = MaskedBytes([]).appending(part.bytes, 0..<before).appending(answer, 0..<count)
        var masked = answer
        for suspect in TagNames.suspects(in: whole, 0..<whole.count, scopes, areOfKind: true)
        where suspect.upperBound > before {
            masked.mask(max(0, suspect.lowerBound - before)..<(suspect.upperBound - before))
        }
        return masked
    }

    /// Remembers what was read.
    ///
    /// - Parameter identifier: of the file, where a dictionary knows it.
    mutating func read(
        _ answer: MaskedBytes, count: Int, _ access: FileAccess, at offset: Int, of identifier: [UInt8]?
    ) {
        if let asked = access.shortIdentifier, asked != shortIdentifier {
            (self.identifier, shortIdentifier, part) = (identifier, asked, nil)
        }
        guard !access.isRecord, count > 0 else { return }
        var bytes = MaskedBytes([])
        var start = offset
        if let part, offset > part.start, offset <= part.start + part.bytes.count {
            let from = max(0, offset - part.start - Self.maxOverlap)
            bytes = bytes.appending(part.bytes, from..<(offset - part.start))
            start = part.start + from
        }
        let kept = max(0, count - Self.maxOverlap)
        if kept > 0 { (bytes, start) = (MaskedBytes([]), offset + kept) }
        part = (start, bytes.appending(answer, kept..<count))
    }
}
