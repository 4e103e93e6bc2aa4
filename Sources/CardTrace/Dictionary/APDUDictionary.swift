internal import DurableFiles
import ISO7816
internal import SystemPackage

/// Names of commands, their fields, tags and status words, for decoding traces.
///
/// The files of `APDU/dictionary` are part of the program; files of the same format can be added and take precedence.
public struct APDUDictionary: Sendable {
    /// The files, in search order.
    package private(set) var files: [DictionaryFile]

    /// The built-in dictionary: ISO/IEC 7816-4, commands to readers, EMV, GlobalPlatform, UICC, PIV, OpenPGP card, and
    /// the purse and master-key applications.
    ///
    /// - Throws: `DictionaryError` where a built-in file is malformed.
    public init() throws(DictionaryError) {
        files = []
        for (name, json) in [
            ("openpgp.json", PackageResources.openpgp_json), ("piv.json", PackageResources.piv_json),
            ("etsi-uicc.json", PackageResources.etsi_uicc_json), ("iso7816-4.json", PackageResources.iso7816_4_json),
            ("pcsc-reader.json", PackageResources.pcsc_reader_json),
            ("globalplatform.json", PackageResources.globalplatform_json),
            ("emv.json", PackageResources.emv_json), ("valuestore.json", PackageResources.valuestore_json),
        ] {
            try add(json: json, file: name)
        }
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
        files.insert(try DictionaryFile(json: json, file: file), at: 0)
    }

    /// A file, and which of its applications is selected; nil where none is.
    struct Scope: Sendable {
        let file: DictionaryFile
        let application: String?
    }

    /// The files that describe commands of the application `aid`, the most specific first.
    ///
    /// - Parameter aid: nil where no application was selected since the reset.
    func scopes(selected aid: [UInt8]?) -> [Scope] {
        let chosen = chosen(aid?.hexadecimal())
        let general = files.filter { $0.applies == .always }.map { Scope(file: $0, application: nil) }
        let guesses =
            chosen != nil && aid != nil
            ? [] : files.filter { $0.applies == .guess }.map { Scope(file: $0, application: nil) }
        return (chosen.map { [$0] } ?? []) + general + guesses
    }

    /// Whether any application has a command with this header whose data are secret.
    func mayBeSecret(_ command: [UInt8]) -> Bool {
        guard command.count > 5 else { return false }
        return files.contains { file in
            file.index.commands(command[1]).contains { specification in
                specification.matches(command[..<4])
                    && (file.fields(specification.data) ?? []).contains(where: \.isSecret)
            }
        }
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
