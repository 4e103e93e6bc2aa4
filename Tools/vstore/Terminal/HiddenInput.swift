import CardCrypto
import ValueProtocol

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A line typed at the terminal without echo.
enum HiddenInput {
    /// Asks for `subject` and reads it.
    ///
    /// - Parameter option: the option that reads it from a file; nil where the command has none.
    /// - Throws: `Failure` where there is no terminal; `CancellationError` for Ctrl-C and Ctrl-D.
    static func line(_ subject: String, orBy option: String?) throws -> Secret {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else {
            throw Failure(
                .usage,
                "\(subject): no terminal to ask at. "
                    + (option.map { "Give it in a file with \($0)." } ?? "Run vstore in a terminal."))
        }
        defer { close(terminal) }
        Console.write("\(subject): ", to: terminal, lineEnd: "")
        defer { Console.write("", to: terminal) }
        return try withoutEcho(terminal) { try keys(from: terminal) }
    }

    /// Signal keys are read as input meanwhile, so that the echo is always restored.
    private static func withoutEcho(_ terminal: CInt, _ body: () throws -> Secret) throws -> Secret {
        var before = termios()
        guard tcgetattr(terminal, &before) == 0 else {
            throw Failure(.ownFault, "/dev/tty: its echo cannot be turned off. Give the secret in a file.")
        }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        tcsetattr(terminal, TCSAFLUSH, &silent)
        defer { tcsetattr(terminal, TCSAFLUSH, &before) }
        return try body()
    }

    private static func keys(from terminal: CInt) throws -> Secret {
        var bytes: [UInt8] = []
        // Full capacity at once: growing would leave copies in memory.
        bytes.reserveCapacity(1024)
        defer { _ = Secret(taking: &bytes) }
        var byte: UInt8 = 0
        while true {
            let count = read(terminal, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1 else { throw CancellationError() }
            switch byte {
            case 0x0A, 0x0D: return Secret(taking: &bytes)
            case 0x03, 0x04, 0x1A, 0x1C: throw CancellationError()
            case 0x08, 0x7F:
                while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
            case 0x15: bytes.removeAll(keepingCapacity: true)
            default: if bytes.count < 1024 { bytes.append(byte) }
            }
        }
    }
}
