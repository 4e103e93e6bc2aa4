import CardScript

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The terminal of the shell: its keys one by one, and a history in a file.
final class ShellTerminal {
    private let historyFile: String
    /// The lines saved to the file.
    private var kept: ShellHistory
    /// Whether lines can still be saved to the file.
    private var isSaving = true
    /// The lines for the arrow keys: those of this session include lines that are not saved.
    private var typed: ShellHistory

    /// Whether input and output are a terminal.
    static var isAvailable: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    init(historyFile: String) throws {
        self.historyFile = historyFile
        let text = fileExists(historyFile) ? try TextFile.read(historyFile) : ""
        kept = ShellHistory(text)
        typed = kept
    }

    /// Notes a line that was done.
    ///
    /// - Parameter isKept: whether it may go into the file.
    /// - Throws: `Failure` where the file cannot be written; it is not tried again.
    func note(_ line: String, kept isKept: Bool) throws {
        typed.add(line)
        guard isSaving, isKept, line.first != " " else { return }
        kept.add(line)
        isSaving = false
        let folder = historyFile.lastIndex(of: "/").map { String(historyFile[..<$0]) } ?? "."
        if !fileExists(folder) { try Home(path: folder).prepare() }
        try TextFile.write(kept.text, to: historyFile, option: "--home")
        isSaving = true
    }

    /// The next line; nil where the person leaves.
    func line(prompt: String, completions: (String) -> [String]) throws -> String? {
        var before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else {
            throw Failure(.ownFault, "The terminal cannot be set up. Pipe the lines in instead.")
        }
        var keys = before
        keys.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG | IEXTEN)
        keys.c_iflag &= ~tcflag_t(ICRNL | IXON)
        tcsetattr(STDIN_FILENO, TCSADRAIN, &keys)
        defer { tcsetattr(STDIN_FILENO, TCSADRAIN, &before) }
        var editor = LineEditor(history: typed.lines)
        show(editor, prompt)
        while let byte = nextByte() {
            switch editor.feed(byte) {
            case .nothing: break
            case .changed: show(editor, prompt)
            case .clearScreen:
                put("\u{1B}[H\u{1B}[2J")
                show(editor, prompt)
            case .line(let line):
                put("\r\n")
                return line
            case .interrupted:
                put("^C\r\n")
                editor = LineEditor(history: typed.lines)
                show(editor, prompt)
            case .end:
                put("\r\n")
                return nil
            case .completionRequested(let text):
                let list = editor.complete(completions(text))
                if !list.isEmpty { put("\r\n" + columns(list)) }
                show(editor, prompt)
            }
        }
        return nil
    }

    private func show(_ editor: LineEditor, _ prompt: String) { put(editor.display(prompt: prompt, width: width)) }

    private var width: Int {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }

    private func columns(_ words: [String]) -> String {
        let column = (words.map(\.count).max() ?? 0) + 2
        let perLine = max(1, width / column)
        var text = ""
        for (index, word) in words.enumerated() {
            text += word
            let isLast = index % perLine == perLine - 1 || index == words.count - 1
            text += isLast ? "\r\n" : String(repeating: " ", count: column - word.count)
        }
        return text
    }

    private func put(_ text: String) { Console.write(text, to: STDOUT_FILENO, lineEnd: "") }

    private func nextByte() -> UInt8? {
        var byte: UInt8 = 0
        while true {
            let count = read(STDIN_FILENO, &byte, 1)
            if count < 0, errno == EINTR { continue }
            return count == 1 ? byte : nil
        }
    }
}
