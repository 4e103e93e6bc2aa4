import ISO7816

/// The file that is current on a logical channel, as far as a trace shows it, and what was read and written of it last.
///
/// Files of keys are known by their identifiers. A secret data object can go on in the next part, or begin in it where
/// parts come backwards: what was shown before is not called back, but no more of it is.
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
    /// What the file contains, which is not shown from here.
    private var known = FileParts()
    /// What was to be written to it, also where that was refused.
    private var written = FileParts()

    // MARK: Selection

    /// Follows a SELECT (INS A4) that was done.
    ///
    /// - Parameters:
    ///   - header: CLA, INS, P1, P2.
    ///   - data: an identifier, a path or a name.
    mutating func select(_ header: [UInt8], _ data: [UInt8]) {
        (known, written, shortIdentifier) = (FileParts(), FileParts(), nil)
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

    /// Masks what belongs to a secret data object that goes over the ends of what was read.
    ///
    /// - Parameters:
    ///   - answer: data and status word.
    ///   - count: how many bytes are data.
    ///   - offset: where they begin in the file.
    func masking(
        _ answer: MaskedBytes, count: Int, _ access: FileAccess, at offset: Int, _ scopes: [APDUDictionary.Scope]
    ) -> MaskedBytes {
        guard !isOther(access), let whole = known.whole(answer, 0..<count, at: offset) else { return answer }
        var masked = answer
        for secret in Self.secrets(in: whole, scopes) { masked.mask(secret) }
        return masked
    }

    /// Masks what belongs to secret data objects in what is written, which may go over its ends.
    ///
    /// - Parameters:
    ///   - command: the command.
    ///   - data: where its data are.
    ///   - offset: where they begin in the file.
    func masking(
        written command: MaskedBytes, _ data: Range<Int>, _ access: FileAccess, at offset: Int,
        _ scopes: [APDUDictionary.Scope]
    ) -> MaskedBytes {
        var masked = command
        var wholes = [FileParts.Whole(bytes: MaskedBytes([]).appending(command, data), part: 0..<data.count)]
        if !isOther(access) {
            wholes += [known, written].compactMap { $0.whole(command, data, at: offset) }
        }
        for secret in wholes.flatMap({ Self.secrets(in: $0, scopes) }) {
            masked.mask(secret.moved(by: data.lowerBound))
        }
        return masked
    }

    /// The secret ranges of a part, counted from its first byte.
    private static func secrets(in whole: FileParts.Whole, _ scopes: [APDUDictionary.Scope]) -> [Range<Int>] {
        TagNames.suspects(in: whole.bytes, 0..<whole.bytes.count, scopes, areOfKind: true)
            .filter { $0.overlaps(whole.part) }.map(whole.within)
    }

    /// Whether a command names another file by its short identifier.
    private func isOther(_ access: FileAccess) -> Bool {
        guard let asked = access.shortIdentifier, let shortIdentifier else { return false }
        return asked != shortIdentifier
    }

    /// Remembers what was read.
    ///
    /// - Parameter identifier: of the file, where a dictionary knows it.
    mutating func read(
        _ answer: MaskedBytes, count: Int, _ access: FileAccess, at offset: Int, of identifier: [UInt8]?
    ) {
        enter(access, identifier)
        guard !access.isRecord else { return }
        known.add(answer, 0..<count, at: offset)
    }

    /// Remembers what was to be written.
    ///
    /// - Parameters:
    ///   - isDone: whether it was.
    ///   - identifier: of the file, where a dictionary knows it.
    mutating func write(
        _ command: MaskedBytes, _ data: Range<Int>, _ access: FileAccess, at offset: Int, isDone: Bool,
        of identifier: [UInt8]?
    ) {
        if isDone { enter(access, identifier) }
        guard !access.isRecord else { return }
        written.add(command, data, at: offset)
        if isDone { known.add(command, data, at: offset) }
    }

    /// Takes the file that a short identifier names for the current one.
    private mutating func enter(_ access: FileAccess, _ identifier: [UInt8]?) {
        guard let asked = access.shortIdentifier, asked != shortIdentifier else { return }
        (self.identifier, shortIdentifier) = (identifier, asked)
        (known, written) = (FileParts(), FileParts())
    }
}
