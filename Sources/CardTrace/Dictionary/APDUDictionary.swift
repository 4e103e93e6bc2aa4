internal import DurableFiles
import ISO7816
internal import SystemPackage

/// Names of commands, their fields, tags and status words, with which a trace is decoded.
///
/// The files of `APDU/dictionary` are part of the program; files of the same form can be added and are asked first.
public struct APDUDictionary: Sendable {
    /// The files, in the order in which they are asked.
    package private(set) var files: [DictionaryFile]

    /// The dictionary that is part of the program: ISO/IEC 7816-4, commands to readers, EMV, GlobalPlatform, UICC, PIV,
    /// OpenPGP card, and the
    /// purse and master-key applications.
    ///
    /// - Throws: `DictionaryError` where a file that was built in is malformed.
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

    /// Adds a file of one's own, which is asked before those already there.
    ///
    /// - Throws: `DictionaryError` where it cannot be read or is no dictionary.
    public mutating func add(contentsOfFile path: String) throws(DictionaryError) {
        let json: [UInt8]
        do throws(FileError) {
            json = try InputFile(at: FilePath(file: path)).readAll(atMost: Self.maxFileBytes)
        } catch {
            throw DictionaryError(.unreadable, file: path, detail: error.explanation)
        }
        try add(json: json, file: path)
    }

    /// No dictionary is larger; the largest of `APDU/dictionary` has a hundredth of it.
    private static let maxFileBytes = 16 << 20

    /// Adds a dictionary that is already in memory, which is asked before those already there.
    ///
    /// - Parameters:
    ///   - json: the dictionary, in UTF-8.
    ///   - file: what errors call it.
    /// - Throws: `DictionaryError` where it is no dictionary.
    public mutating func add(json: [UInt8], file: String) throws(DictionaryError) {
        files.insert(try DictionaryFile(json: json, file: file), at: 0)
    }

    /// A file, and which of its applications is selected; nil where none of them is.
    struct Scope: Sendable {
        let file: DictionaryFile
        let application: String?
    }

    /// The files that say something about commands to the application `aid`, the most telling first.
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

    /// Whether some application has a command with this header whose data are secret.
    func mayBeSecret(_ command: [UInt8]) -> Bool {
        guard command.count > 5 else { return false }
        return files.contains { file in
            file.index.commands(command[1]).contains { specification in
                specification.matches(command[..<4])
                    && (file.fields(specification.data) ?? []).contains(where: \.isSecret)
            }
        }
    }

    /// The application with the longest AID that `aid` begins with.
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
