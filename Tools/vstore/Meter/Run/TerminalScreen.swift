#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The whole terminal, for a picture that changes: on its alternate screen (ECMA-48, and xterm's 1049), without a
/// cursor, and only what has changed is written.
final class TerminalScreen {
    private var before = termios()
    private var shown: [String] = []

    /// Whether input and output are a terminal that can do it.
    static var isAvailable: Bool {
        guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, let kind = getenv("TERM") else { return false }
        return strcmp(kind, "dumb") != 0
    }

    /// Takes the terminal: keys come one by one and are not shown. Ctrl-C is still a signal.
    ///
    /// - Throws: `Failure` where the terminal cannot be set up.
    init() throws(Failure) {
        guard tcgetattr(STDIN_FILENO, &before) == 0 else {
            throw Failure(.ownFault, "The terminal cannot be set up. Run with --plain.")
        }
        var raw = before
        raw.c_lflag &= ~tcflag_t(ECHO | ICANON)
        // Input that was already typed is kept.
        tcsetattr(STDIN_FILENO, TCSANOW, &raw)
        Console.write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J", to: STDOUT_FILENO, lineEnd: "")
    }

    /// Restores the terminal.
    func leave() {
        Console.write("\u{1B}[?25h\u{1B}[?1049l", to: STDOUT_FILENO, lineEnd: "")
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
    }

    /// Shows `lines`, in one write; unchanged ones are not written.
    func show(_ lines: [String]) {
        var text = ""
        for (index, line) in lines.enumerated() where index >= shown.count || shown[index] != line {
            text += "\u{1B}[\(index + 1);1H\(line)\u{1B}[K"
        }
        if lines.count < shown.count { text += "\u{1B}[\(lines.count + 1);1H\u{1B}[J" }
        shown = lines
        if !text.isEmpty { Console.write(text, to: STDOUT_FILENO, lineEnd: "") }
    }

    /// Redraws everything at the next `show`.
    func forget() {
        shown = []
        Console.write("\u{1B}[2J", to: STDOUT_FILENO, lineEnd: "")
    }
}
