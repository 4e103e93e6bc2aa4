import ISO7816

/// The names of data objects and values where an application is selected.
struct TagNames: Sendable {
    /// A dictionary's entry for a tag.
    typealias Entry = (file: DictionaryFile, tag: TagSpecification)

    /// The files in which tags are looked up, the most specific first.
    let scopes: [APDUDictionary.Scope]
    /// The file in which value tables are looked up.
    let file: DictionaryFile
    /// The names of applications by identifier.
    let applications: ApplicationNames

    /// The same with the value tables of another file.
    func within(_ file: DictionaryFile) -> TagNames {
        TagNames(scopes: scopes, file: file, applications: applications)
    }

    /// The entry for a tag: one for its parent before one for any parent, then the most specific file's. Of files that
    /// are asked on suspicion, the one of the command is the most specific.
    func specification(of tag: UInt32, within parent: UInt32) -> Entry? {
        let found = Self.specification(of: tag, within: parent, in: scopes)
        guard let found, found.tag.parents.isEmpty, found.file !== file, found.file.applies == .guess,
            file.applies == .guess, let own = file.index.tags(tag).first(where: \.parents.isEmpty)
        else { return found }
        return (file, own)
    }

    static func specification(of tag: UInt32, within parent: UInt32, in scopes: [APDUDictionary.Scope]) -> Entry? {
        var general: Entry?
        for scope in scopes {
            for candidate in scope.file.index.tags(tag) {
                if candidate.parents.contains(parent) { return (scope.file, candidate) }
                if candidate.parents.isEmpty, general == nil { general = (scope.file, candidate) }
            }
        }
        return general
    }

    /// Interprets bytes; returns them as bytes where they are too many or not text.
    func value(
        _ bytes: ArraySlice<UInt8>, kind: FieldSpecification.Kind, table: String?
    ) -> DecodedField.Value {
        let name = file.valueName(bytes, in: table)
        var number: UInt64?
        if bytes.count <= 8 { number = bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        switch (kind, number) {
        case (.uint, let number?): return .number(number, name: name)
        case (.amount, let number?): return .amount(number)
        case (.time, let number?): return .time(number)
        case (.aid, _):
            let digits = bytes.hexadecimal()
            return .text(applications.name(of: digits).map { "\(digits) (\($0))" } ?? digits)
        case (.hex, _) where name != nil: return .text("\(name ?? "") (\(bytes.hexadecimal()))")
        case (.eid, _) where bytes.count == 8: return .text(ValueText.identifier(bytes))
        case (.ascii, _) where !bytes.isEmpty && bytes.allSatisfy { (0x20..<0x7F).contains($0) }:
            return .text(String(decoding: bytes, as: UTF8.self))
        default: return .bytes(Array(bytes))
        }
    }

    /// The values of what looks like a secret data object in bytes that cannot be read: its tag, a length, and a value
    /// of its kind.
    func suspects(in bytes: MaskedBytes, _ range: Range<Int>) -> [Range<Int>] {
        Self.suspects(in: bytes, range, scopes)
    }

    /// - Parameter areOfKind: whether only values are looked for that their kind and length tell apart.
    static func suspects(
        in bytes: MaskedBytes, _ range: Range<Int>, _ scopes: [APDUDictionary.Scope], areOfKind: Bool = false
    ) -> [Range<Int>] {
        var found: [Range<Int>] = []
        let begins = scopes.reduce(into: ByteSet([])) { $0.formUnion($1.file.secretBegins) }
        var index = range.lowerBound
        while index < range.upperBound {
            guard begins.contains(bytes.bytes[index]) else {
                index += 1
                continue
            }
            let rest = index..<range.upperBound
            if let suspect = scopes.lazy.compactMap({ suspect(in: bytes, rest, of: $0.file, areOfKind) }).first {
                found.append(suspect)
                index = suspect.upperBound
            } else {
                index += 1
            }
        }
        return found
    }

    /// The value of a data object that begins the range and looks like a secret one of this file. Of a value longer than
    /// the bytes that follow, as at the end of a part, these are taken where its kind tells it apart.
    private static func suspect(in masked: MaskedBytes, _ range: Range<Int>, of file: DictionaryFile, _ areOfKind: Bool)
        -> Range<Int>?
    {
        let bytes = masked.bytes
        for secret in file.secretTags where bytes[range].starts(with: secret.bytes) {
            guard let (length, start) = length(in: bytes, (range.lowerBound + secret.bytes.count)..<range.upperBound),
                length > 0
            else {
                continue
            }
            let end = min(start + length, range.upperBound)
            guard start < end, !areOfKind || end - start >= 4 else { continue }
            let value = bytes[start..<end]
            // Masked bytes can be anything: a value that is masked was found before, one of which a part is was not.
            guard !masked.hasMasked(in: range.lowerBound..<start) else { continue }
            if masked.hasMasked(in: start..<end) {
                guard masked.isMasked(start..<end) else { continue }
                return start..<end
            }
            let isOfItsKind =
                switch secret.kind {
                case .bcd?: value.allSatisfy { Self.isDigits($0) }
                case .ascii?: value.allSatisfy { (0x20..<0x7F).contains($0) }
                default: value.count == length && !areOfKind
                }
            if isOfItsKind { return start..<end }
        }
        return nil
    }

    /// A length up to 255 in any of its forms, and the offset after it. Longer values are none of a card's secret ones,
    /// and looking at them would take time that grows with the square of what is searched.
    private static func length(in bytes: [UInt8], _ range: Range<Int>) -> (Int, Int)? {
        let field = bytes[range]
        guard let first = field.first else { return nil }
        if first < 0x80 { return (Int(first), range.lowerBound + 1) }
        let further = Int(first & 0x7F)
        guard (1...4).contains(further), field.count > further,
            field.dropFirst().prefix(further - 1).allSatisfy({ $0 == 0 })
        else { return nil }
        return (Int(bytes[range.lowerBound + further]), range.lowerBound + 1 + further)
    }

    /// Two decimal digits, or the separator D or padding F of a card number.
    private static func isDigits(_ byte: UInt8) -> Bool {
        let isDigit = { (digit: UInt8) in digit < 10 || digit == 0xD || digit == 0xF }
        return isDigit(byte >> 4) && isDigit(byte & 0xF)
    }
}

/// The names of applications, by the longest identifier that begins an AID.
struct ApplicationNames: Sendable {
    private var names: [String: String] = [:]
    private var lengths: Set<Int> = []

    /// Adds applications; those added first keep their names.
    mutating func add(_ applications: [DictionaryFile.Application]) {
        for application in applications where names[application.aid] == nil {
            names[application.aid] = application.name
            lengths.insert(application.aid.count)
        }
    }

    /// The name for an AID in hexadecimal digits; nil where none is known.
    func name(of aid: String) -> String? {
        for length in lengths.sorted(by: >) where length <= aid.count {
            if let name = names[String(aid.prefix(length))] { return name }
        }
        return nil
    }
}
