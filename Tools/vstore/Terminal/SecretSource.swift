import ValueProtocol

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where PINs, passphrases and keys come from: a person at the terminal, whose typing is not shown, or lines of a file.
///
/// Not from the command line and not from the environment: other programs can see both.
enum SecretSource {
    case terminal
    /// `-` is standard input.
    case file(String)

    /// The next secret.
    ///
    /// - Parameter subject: what is asked for.
    /// - Throws: `Failure`.
    func line(_ subject: String) throws -> Secret { try SecretReader(self).line(subject) }

    /// A new secret, which a person types twice.
    func newLine(_ subject: String) throws -> Secret {
        let reader = SecretReader(self)
        let first = try reader.line(subject)
        guard case .terminal = self else { return first }
        guard first.matches(try reader.line("\(subject), once more")) else {
            throw Failure(.refused, "\(subject): the two are not the same. Type it again.")
        }
        return first
    }
}

/// Reads one secret after the other from one source.
final class SecretReader {
    private let source: SecretSource
    /// Of the file; -1 before it is opened.
    private var descriptor: CInt = -1

    init(_ source: SecretSource) { self.source = source }

    deinit {
        if descriptor > STDERR_FILENO { close(descriptor) }
    }

    /// The next line, without its end.
    func line(_ subject: String) throws -> Secret {
        switch source {
        case .terminal: return try HiddenInput.line(subject)
        case .file(let path):
            if descriptor < 0 {
                descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
                guard descriptor >= 0 else {
                    throw Failure(.file, "\(path): cannot be opened for the \(subject). Check its name and rights.")
                }
            }
            guard let line = SecretReader.line(from: descriptor) else {
                throw Failure(.file, "\(path): ends before the \(subject). Write one secret a line.")
            }
            return line
        }
    }

    /// Byte by byte, so that what follows is left for whoever reads next; nil at the end.
    private static func line(from descriptor: CInt) -> Secret? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(1024)
        var byte: UInt8 = 0
        while true {
            let count = read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            if count <= 0, bytes.isEmpty { return nil }
            if count <= 0 || byte == 0x0A { break }
            bytes.append(byte)
        }
        if bytes.last == 0x0D { bytes.removeLast() }
        return Secret(taking: &bytes)
    }
}
