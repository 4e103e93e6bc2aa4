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
    private var shownSize = WindowSize.ofTerminal

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

    /// The window's size now; it follows a person who changes it.
    var size: WindowSize { .ofTerminal }

    /// Shows `lines`, in one write; unchanged ones are not written, and all are after the window's size has changed.
    func show(_ lines: [String]) {
        let size = size
        if size != shownSize { forget() }
        shownSize = size
        let fitting = lines.prefix(size.rows).map { TerminalText.cut($0, to: size.columns) }
        let text = TerminalText.changes(from: shown, to: fitting)
        shown = fitting
        if !text.isEmpty { Console.write(text, to: STDOUT_FILENO, lineEnd: "") }
    }

    /// Redraws everything at the next `show`.
    func forget() {
        shown = []
        Console.write("\u{1B}[2J", to: STDOUT_FILENO, lineEnd: "")
    }
}

/// How much a terminal's window shows.
struct WindowSize: Hashable {
    var columns: Int
    var rows: Int

    /// That of standard output; 80 by 24 where it does not say.
    ///
    /// It is asked for with every picture, which needs no handler of SIGWINCH.
    static var ofTerminal: WindowSize {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return WindowSize(columns: 80, rows: 24)
        }
        return WindowSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }
}

/// Text with control sequences of ECMA-48.
enum TerminalText {
    /// The output that turns one picture into another.
    ///
    /// A line is cleared before it is written: after one that reaches the last column, clearing takes its last character.
    static func changes(from shown: [String], to lines: [String]) -> String {
        var text = ""
        for (index, line) in lines.enumerated() where index >= shown.count || shown[index] != line {
            text += "\u{1B}[\(index + 1);1H\u{1B}[2K\(line)"
        }
        if lines.count < shown.count { text += "\u{1B}[\(lines.count + 1);1H\u{1B}[J" }
        return text
    }

    /// The first `columns` characters of a line, with all its colours, so that the last one ends too.
    static func cut(_ line: String, to columns: Int) -> String {
        var cut = ""
        var column = 0
        var isSequence = false
        for character in line {
            if character == "\u{1B}" { isSequence = true }
            if isSequence {
                cut.append(character)
                if character.isLetter { isSequence = false }
            } else {
                if column < columns { cut.append(character) }
                column += 1
            }
        }
        return cut
    }
}
