import ISO7816

/// The dictionary entry that matches a command best, with its fields.
struct CommandMatch: Sendable {
    /// The files searched, the most specific first.
    var scopes: [APDUDictionary.Scope]
    /// The file that contains the command.
    private(set) var file: DictionaryFile?
    private let applications: ApplicationNames
    /// Whether secret fields are masked.
    let secrets: SecretPolicy
    /// CLA, INS, P1 and P2; fewer bytes where the command is shorter.
    let header: [UInt8]
    /// Its specification in that file; nil where no file contains it.
    private(set) var specification: CommandSpecification?
    private(set) var parameters: [DecodedField] = []
    private(set) var fields: [DecodedField] = []
    /// Number of data bytes that no field covers.
    private(set) var leftover = 0
    /// The data; nil where the bytes are not a valid command APDU.
    let data: ArraySlice<UInt8>?
    /// The command's bytes, secret ones masked.
    private(set) var bytes: MaskedBytes
    /// Whether its answer is secret where another application than the presumed one has answered.
    let mayAnswerSecret: Bool
    /// Where the data objects of the command cannot be read, counted from its first byte.
    private(set) var faults: [LenientTLV.Remark] = []

    /// The names for its data and its answer; nil where no file contains it.
    var names: TagNames? { file.map(names) }

    /// The names of what a file describes.
    func names(_ file: DictionaryFile) -> TagNames {
        TagNames(scopes: scopes, file: file, applications: applications)
    }

    /// Reads data as fields.
    func reader(_ range: Range<Int>, _ names: TagNames, isStrict: Bool = false) -> FieldReader {
        FieldReader(
            names: names, bytes: bytes, range: range, parameters: header.suffix(2), isStrict: isStrict, policy: secrets)
    }

    /// Whether it is of the application that is selected after a reset, or of its file.
    var isAfterReset: Bool { file?.applications.contains { $0.afterReset == true } ?? false }

    /// Whether it fetches the answer to the command before it, of whatever class: GET RESPONSE (ISO/IEC 7816-4, 11.7.1).
    var isContinuing: Bool {
        guard specification?.effect != .continue else { return true }
        return header.count == 4 && header[0] != 0xFF && header[1...3] == [0xC0, 0x00, 0x00] && data?.isEmpty ?? true
    }

    /// Whether its class announces secure messaging in data objects (ISO/IEC 7816-4, 5.4.1).
    var isProtected: Bool { header.first.map(SecretCommands.isProtected) ?? false }

    /// Finds the first command whose header matches and whose layout covers all data; otherwise the first whose header
    /// matches.
    ///
    /// - Parameters:
    ///   - security: the secure channel in which it was sent.
    ///   - mayBeSecret: whether the data are masked whatever the command is.
    ///   - mayAnswerSecret: whether an answer is masked that does not have the command's layout.
    ///   - secrets: whether anything is masked.
    init(
        _ bytes: MaskedBytes, scopes: [APDUDictionary.Scope], applications: ApplicationNames,
        security: TracedSecureChannel = TracedSecureChannel(), mayBeSecret: Bool, mayAnswerSecret: Bool,
        secrets: SecretPolicy
    ) {
        self.mayAnswerSecret = mayAnswerSecret
        self.scopes = scopes
        self.secrets = secrets
        self.applications = applications
        self.bytes = bytes
        header = Array(bytes.bytes.prefix(4))
        data = Self.data(of: bytes.bytes)
        guard bytes.count >= 4 else {
            leftover = bytes.count
            return
        }
        let range = Self.dataRange(of: bytes.bytes)
        leftover = range.count
        if mayBeSecret, secrets == .hidden { self.bytes.mask(range) }
        var candidates: [(DictionaryFile, CommandSpecification)] = []
        let header = bytes.bytes[..<4]
        for scope in scopes {
            for command in scope.file.index.commands(header[1]) where command.matches(header) {
                guard command.in.map({ ids in scope.application.map(ids.contains) ?? false }) ?? true else { continue }
                candidates.append((scope.file, command))
            }
        }
        guard let first = Self.fallback(candidates) else { return }
        let isSecret = candidates.contains { file, candidate in
            (file.fields(candidate.data) ?? []).contains(where: \.isSecret)
        }
        if acceptProtected(first, range: range, hidesPlain: isSecret) { return }
        if let encrypted = security.encrypted(range, of: first.0, cla: header[0]) {
            accept(first, encrypted: encrypted, range: range, isSecret: isSecret)
            return
        }
        for (file, candidate) in candidates {
            let takesAnything = (file.fields(candidate.data) ?? []).contains(where: \.isSecretRest)
            if takesAnything, acceptPart(of: candidates, range: range) { return }
            if !isSecret || !takesAnything, acceptAuthenticated(candidate, of: file, range: range) { return }
            if accept(candidate, of: file, range: range, isStrict: true) { return }
        }
        // A class of GlobalPlatform's secure messaging announces data that are encrypted, or have a MAC behind them.
        let isForeign = header[0] & 0x84 == 0x84
        if !isForeign, accept(first.1, of: first.0, range: range, isStrict: false) { return }
        (file, specification) = first
        describeParameters(bytes.bytes)
        if isSecret, secrets == .hidden { self.bytes.mask(range) }
        if !range.isEmpty {
            fields = [DecodedField("data", .shown(self.bytes, range))]
        }
    }

    /// The command that one is taken for whose data have no layout that is known: one whose answer is secret, before any
    /// that is told apart by its data.
    private static func fallback(_ candidates: [(DictionaryFile, CommandSpecification)]) -> (
        DictionaryFile, CommandSpecification
    )? {
        let first = candidates.first { file, candidate in
            (file.fields(candidate.answer) ?? []).contains(where: \.isSecret)
        }
        let general = candidates.first { file, candidate in
            (file.fields(candidate.data) ?? []).allSatisfy { $0.match == nil }
        }
        return first ?? general ?? candidates.first
    }

    private static func data(of command: [UInt8]) -> ArraySlice<UInt8>? {
        do { return try CommandAPDU(command).data } catch { return nil }
    }

    /// Where the data of a command are; all that follows the header where its length is wrong.
    static func dataRange(of command: [UInt8]) -> Range<Int> {
        data(of: command).map { $0.startIndex..<$0.endIndex } ?? min(5, command.count)..<command.count
    }

    /// The text of a status word after this command.
    func text(for status: StatusWord) -> String? {
        if let text = Self.text(for: status, in: specification?.status) { return text }
        if let file, let text = Self.text(for: status, in: file.status) { return text }
        for scope in scopes where scope.mayExplain(header) {
            if let text = Self.text(for: status, in: scope.file.status) { return text }
        }
        return nil
    }

    private static func text(for status: StatusWord, in patterns: [StatusPattern]?) -> String? {
        for pattern in patterns ?? [] {
            if let text = pattern.text(for: status) { return text }
        }
        return nil
    }

    /// Takes the command for one with secure messaging, whose data are the objects of that.
    private mutating func acceptProtected(
        _ candidate: (file: DictionaryFile, specification: CommandSpecification), range: Range<Int>, hidesPlain: Bool
    ) -> Bool {
        guard isProtected,
            let (objects, plain) = FieldReader.secureMessagingObjects(
                in: bytes, range, names(candidate.file), hidesPlain: hidesPlain, secrets)
        else { return false }
        for value in plain { bytes.mask(value) }
        (file, specification, fields, leftover) = (candidate.file, candidate.specification, objects, 0)
        describeParameters(bytes.bytes)
        return true
    }

    /// Takes the last bytes for a MAC, where the class announces one.
    private mutating func acceptAuthenticated(
        _ candidate: CommandSpecification, of file: DictionaryFile, range: Range<Int>
    ) -> Bool {
        guard let mac = file.mac, mac.cla.contains(where: { $0.matches(header[0]) }) else { return false }
        for length in mac.lengths where length > 0 && length <= range.count {
            let start = range.upperBound - length
            guard accept(candidate, of: file, range: range.lowerBound..<start, isStrict: true) else { continue }
            fields.append(authentication(start..<range.upperBound))
            return true
        }
        return false
    }

    private func authentication(_ range: Range<Int>) -> DecodedField {
        DecodedField("MAC", bytes.hasMasked(in: range) ? .secret : .bytes(Array(bytes.bytes[range])))
    }

    /// Takes the data for encrypted ones with a MAC behind them: what they would be if they were plain means nothing.
    /// Of a command that carries a secret the MAC is hidden too, as where it is read from a trace that is masked.
    private mutating func accept(
        _ candidate: (file: DictionaryFile, specification: CommandSpecification), encrypted: Range<Int>,
        range: Range<Int>, isSecret: Bool
    ) {
        if isSecret, secrets == .hidden { bytes.mask(range) }
        (file, specification, leftover) = (candidate.file, candidate.specification, 0)
        fields = [
            DecodedField("encrypted data", .shown(bytes, encrypted)),
            authentication(encrypted.upperBound..<range.upperBound),
        ]
        describeParameters(bytes.bytes)
    }

    private mutating func accept(
        _ candidate: CommandSpecification, of file: DictionaryFile, range: Range<Int>, isStrict: Bool
    ) -> Bool {
        var reader = reader(range, names(file), isStrict: isStrict)
        do {
            fields = try reader.read(file.fields(candidate.data) ?? [])
        } catch {
            return false
        }
        guard reader.rest.isEmpty else { return false }
        for secret in reader.secrets { bytes.mask(secret) }
        (self.file, specification, leftover, faults) = (file, candidate, 0, reader.faults)
        describeParameters(bytes.bytes)
        return true
    }

    /// Masks the part of a range that is data.
    mutating func hide(_ secret: Range<Int>, in data: Range<Int>) {
        bytes.mask(secret.clamped(to: data))
    }

    /// Shows fields, and behind them what could not be read.
    mutating func show(
        _ fields: [DecodedField], _ unread: Range<Int>?, _ isSecret: Bool,
        of candidate: (file: DictionaryFile, specification: CommandSpecification), faults: [LenientTLV.Remark] = []
    ) {
        if isSecret, let unread { bytes.mask(unread) }
        (file, specification, leftover) = (candidate.file, candidate.specification, unread?.count ?? 0)
        (self.fields, self.faults) = (fields, faults)
        if let unread { self.fields.append(DecodedField(fields.isEmpty ? "data" : "unread", .shown(bytes, unread))) }
        describeParameters(bytes.bytes)
    }

    private mutating func describeParameters(_ bytes: [UInt8]) {
        parameters = [(specification?.p1, bytes[2]), (specification?.p2, bytes[3])].flatMap { parameter, byte in
            (parameter?.shown ?? []).map { part in
                let value = part.value(in: byte)
                return DecodedField(
                    part.name, .number(UInt64(value), name: file?.valueName([value], in: part.values)),
                    prefix: part.prefix)
            }
        }
    }
}
