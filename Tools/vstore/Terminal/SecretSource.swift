import CardCrypto
import DurableFiles
import SystemPackage
import ValueProtocol

/// Where PINs, passphrases and keys come from: a person at the terminal, whose typing is not shown, or lines of a file.
///
/// Not from the command line and not from the environment: other programs can see both.
enum SecretSource {
    /// A person types it; by the option it is read from a file, nil where the command has none.
    case typed(option: String?)
    /// `-` is standard input.
    case file(String)

    static let terminal = typed(option: nil)

    /// - Parameters:
    ///   - file: as given with the option; nil where a person types it.
    ///   - option: its name.
    init(_ file: String?, option: String) { self = file.map { .file($0) } ?? .typed(option: option) }

    /// The next secret.
    ///
    /// - Parameter subject: what is asked for.
    /// - Throws: `Failure`.
    func line(_ subject: String) throws -> Secret { try SecretReader(self).line(subject) }
}

/// Reads one secret after the other from one source.
final class SecretReader {
    /// More than any passphrase, PIN or key; a buffer that grew would leave copies behind.
    private static let maxBytes = 1024
    private let source: SecretSource
    private var file: InputFile?

    init(_ source: SecretSource) { self.source = source }

    /// The next line, without its end.
    func line(_ subject: String) throws -> Secret {
        switch source {
        case .typed(let option): return try HiddenInput.line(subject, orBy: option)
        case .file(let path):
            let line: Secret?
            do throws(FileError) {
                line = try SecretReader.line(from: try open(path))
            } catch  where error.code == .tooLarge {
                throw Failure(
                    .file,
                    "\(path): the line of the \(subject) has more than \(SecretReader.maxBytes) bytes. Name the file that "
                        + "holds the \(subject).")
            } catch {
                throw Failure(
                    .file,
                    "\(path): cannot be opened for the \(subject) (\(error.explanation)). Check name and permissions.")
            }
            guard let line else {
                throw Failure(.file, "\(path): ends before the \(subject). Write one secret per line.")
            }
            return line
        }
    }

    private func open(_ path: String) throws(FileError) -> InputFile {
        if let file { return file }
        let opened = path == "-" ? InputFile.standardInput() : try InputFile(at: FilePath(file: path))
        file = opened
        return opened
    }

    /// Byte by byte, so that what follows is left for the next reader; nil at the end.
    ///
    /// - Throws: `FileError`, `.tooLarge` where the line does not end: a device, or a file that holds something else.
    private static func line(from file: InputFile) throws(FileError) -> Secret? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(maxBytes)
        var byte: [UInt8] = [0]
        while true {
            let count = try file.read(into: &byte)
            if count == 0, bytes.isEmpty { return nil }
            if count == 0 || byte[0] == 0x0A { break }
            if bytes.count == maxBytes {
                Secret.wipe(&bytes)
                throw FileError(.tooLarge, "a line")
            }
            bytes.append(byte[0])
        }
        byte[0] = 0
        if bytes.last == 0x0D { bytes.removeLast() }
        return Secret(taking: &bytes)
    }
}
