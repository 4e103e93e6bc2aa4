internal import DurableFiles
public import ISO7816
internal import SystemPackage

/// Names of commands, their fields, tags and status words, for decoding traces.
///
/// The files of `APDU/dictionary` are part of the program; files of the same format can be added and take precedence.
public struct APDUDictionary: Sendable {
    /// The files, in search order.
    package private(set) var files: [DictionaryFile] = []
    /// The files that were added to the built-in ones.
    private var added: Set<ObjectIdentifier> = []
    /// The names of all applications.
    private(set) var applications = ApplicationNames()
    /// The files that describe commands where nothing is selected, with and without the application that is after a
    /// reset.
    private(set) var unselected: (own: [Scope], foreign: [Scope]) = ([], [])

    /// The built-in dictionary: ISO/IEC 7816-4, commands to readers, EMV, GlobalPlatform, UICC, eUICC, DESFire, PIV,
    /// OpenPGP card, names of further applications, and the purse and master-key applications.
    ///
    /// - Throws: `DictionaryError` where a built-in file is malformed.
    public init() throws(DictionaryError) {
        self = try Self.builtIn.get()
    }

    /// Read once, since every trace and every writer of one asks for it.
    private static let builtIn = Result { () throws(DictionaryError) in try APDUDictionary(builtIn: ()) }

    private init(builtIn: Void) throws(DictionaryError) {
        for (name, json) in [
            // The first is asked last: names of EMV are for what no other file knows.
            ("emv.json", PackageResources.emv_json), ("openpgp.json", PackageResources.openpgp_json),
            ("piv.json", PackageResources.piv_json), ("gsma-sgp22.json", PackageResources.gsma_sgp22_json),
            ("desfire.json", PackageResources.desfire_json),
            ("globalplatform.json", PackageResources.globalplatform_json),
            ("etsi-uicc.json", PackageResources.etsi_uicc_json),
            ("iso7816-4.json", PackageResources.iso7816_4_json),
            ("pcsc-reader.json", PackageResources.pcsc_reader_json),
            ("applications.json", PackageResources.applications_json),
            ("valuestore.json", PackageResources.valuestore_json),
        ] {
            files.insert(try DictionaryFile(json: json, file: name), at: 0)
        }
        for file in files { applications.add(file.applications) }
        unselected = (scopes(selected: nil), scopes(selected: nil, isPresumed: false))
    }

    /// Adds a file, which takes precedence over the existing ones.
    ///
    /// - Throws: `DictionaryError` where it cannot be read or is not a dictionary.
    public mutating func add(contentsOfFile path: String) throws(DictionaryError) {
        let json: [UInt8]
        do throws(FileError) {
            json = try InputFile(at: FilePath(file: path)).readAll(atMost: Self.maxFileBytes)
        } catch {
            throw DictionaryError(.unreadable, file: path, detail: error.explanation)
        }
        try add(json: json, file: path)
    }

    /// Maximum file size; the largest of `APDU/dictionary` has a hundredth of it.
    private static let maxFileBytes = 16 << 20

    /// Adds a dictionary from memory, which takes precedence over the existing ones.
    ///
    /// - Parameters:
    ///   - json: the dictionary, in UTF-8.
    ///   - file: its name in errors.
    /// - Throws: `DictionaryError` where it is not a dictionary.
    public mutating func add(json: [UInt8], file: String) throws(DictionaryError) {
        let added = try DictionaryFile(json: json, file: file)
        files.insert(added, at: 0)
        self.added.insert(ObjectIdentifier(added))
        applications = ApplicationNames()
        for file in files { applications.add(file.applications) }
        unselected = (scopes(selected: nil), scopes(selected: nil, isPresumed: false))
    }

    /// A file, and which of its applications is selected; nil where none is.
    struct Scope: Sendable {
        let file: DictionaryFile
        let application: String?
        /// Whether the user has added it.
        var isAdded = false

        /// Whether its status words may be meant after a command that no file knows, or not this one: of another
        /// card's file, only where that card has commands of this class.
        func mayExplain(_ header: [UInt8]) -> Bool {
            guard file.applies == .guess, application == nil, !isAdded, let cla = header.first else { return true }
            return file.commands.isEmpty || file.classes.contains { $0.matches(cla) }
        }
    }

    /// The files that describe commands of the application `aid`, the most specific first.
    ///
    /// - Parameters:
    ///   - aid: nil where no application was selected since the reset.
    ///   - isPresumed: whether the application that is selected after a reset is, where `aid` is nil.
    func scopes(selected aid: [UInt8]?, isPresumed: Bool = true) -> [Scope] {
        let chosen = aid == nil && !isPresumed ? nil : chosen(aid?.hexadecimal())
        let isKnown = chosen != nil && aid != nil
        let searched = files.filter { file in
            guard chosen?.file !== file else { return false }
            return file.applies == .always || file.applies == .guess && (!isKnown || isAdded(file))
        }
        let scopes = searched.map { Scope(file: $0, application: nil, isAdded: isAdded($0)) }
        let selected = chosen.map { [$0] } ?? []
        // A file of the user's is asked before the built-in ones, whatever it applies to.
        var ordered = selected.filter { isAdded($0.file) } + scopes.filter { isAdded($0.file) }
        ordered += selected.filter { !isAdded($0.file) }
        ordered += scopes.filter { !isAdded($0.file) && $0.file.applies == .always }
        ordered += scopes.filter { !isAdded($0.file) && $0.file.applies == .guess }
        return ordered
    }

    /// The commands that the application `aid` has, in the order in which names are looked up: a file of the user's, the
    /// application's own, ISO/IEC 7816-4, then what other cards have.
    ///
    /// - Parameter aid: nil where no application was selected since the reset.
    package func commands(selected aid: [UInt8]?) -> [CommandSpecification] {
        scopes(selected: aid).flatMap { scope in
            // Without a selection nothing is known of the card but that it has interindustry commands.
            if aid == nil, scope.application != nil { return [CommandSpecification]() }
            return scope.file.commands.filter { command in
                command.in.map { ids in scope.application.map(ids.contains) ?? false } ?? true
            }
        }
    }

    private func isAdded(_ file: DictionaryFile) -> Bool { added.contains(ObjectIdentifier(file)) }

    /// The name of a data object, whatever application is selected; nil where no file has one.
    ///
    /// - Parameters:
    ///   - tag: its tag.
    ///   - parent: the tag that it is directly within; nil at the outermost level.
    public func name(of tag: TLVTag, within parent: TLVTag? = nil) -> String? {
        TagNames.specification(of: tag.rawValue, within: parent?.rawValue ?? 0, in: unselected.own)?.tag.name
    }

    /// Whether any application has a command with this header whose data are secret.
    func mayBeSecret(_ command: [UInt8]) -> Bool {
        guard command.count > 5 else { return false }
        // Where the structure of the data is known, what is secret of them is; a file of the user's can add to it.
        var files = files
        if case .understood = SecretCommands.finding(of: command) { files = files.filter(isAdded) }
        return files.contains { file in
            file.index.commands(command[1]).contains { specification in
                specification.matches(command[..<4])
                    && (file.fields(specification.data) ?? []).contains(where: \.isSecret)
            }
        }
    }

    /// Whether any application has a command with this header and these data whose answer is secret.
    func mayAnswerSecret(_ command: MaskedBytes) -> Bool {
        guard command.count >= 4 else { return false }
        let header = command.bytes[..<4]
        return files.contains { file in
            file.index.commands(header[1]).contains { specification in
                specification.matches(header)
                    && (file.fields(specification.answer) ?? []).contains(where: \.isSecret)
                    && fits(command, specification, of: file)
            }
        }
    }

    /// Whether the data of `command` have the layout of a specification.
    private func fits(_ command: MaskedBytes, _ specification: CommandSpecification, of file: DictionaryFile) -> Bool {
        let fields = file.fields(specification.data) ?? []
        guard fields.contains(where: { $0.match != nil }) else { return true }
        let scopes = [Scope(file: file, application: nil)]
        let range = CommandMatch.dataRange(of: command.bytes)
        var reader = FieldReader(
            names: TagNames(scopes: scopes, file: file, applications: applications), bytes: command, range: range,
            policy: .hidden)
        do { _ = try reader.read(fields) } catch { return false }
        return true
    }

    /// The application that is selected after a reset, and its file; nil where there is none.
    var afterReset: (file: DictionaryFile, application: DictionaryFile.Application)? {
        guard let scope = chosen(nil) else { return nil }
        return scope.file.applications.first { $0.id == scope.application }.map { (scope.file, $0) }
    }

    /// The application with the longest AID that is a prefix of `aid`.
    private func chosen(_ aid: String?) -> Scope? {
        var best: (scope: Scope, length: Int)?
        for file in files {
            for application in file.applications {
                let fits = aid.map { $0.hasPrefix(application.aid) } ?? (application.afterReset == true)
                if fits, application.aid.count > best?.length ?? 0 {
                    best = (Scope(file: file, application: application.id), application.aid.count)
                }
            }
        }
        return best?.scope
    }
}
