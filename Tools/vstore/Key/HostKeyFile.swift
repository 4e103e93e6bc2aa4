import HeadEnd
import ValueProtocol

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The host's sealed keys in its folder.
struct HostKeyFile {
    let file: SealedKeyFile

    init(_ home: Home) { file = SealedKeyFile(at: home.sealedKeys) }

    var isThere: Bool { FileManager.default.fileExists(atPath: file.path) }

    /// Asks for the passphrase and opens the file.
    func open(_ options: PassphraseOptions) throws -> HostKeys {
        guard isThere else {
            throw Failure(
                .file, "\(file.path): there are no keys yet. Make them with vstore key ceremony --to file.")
        }
        return try file.open(passphrase: try options.source.line("Passphrase of \(file.path)"))
    }
}
