#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Progress in one line of a terminal; nothing where standard error is not one.
struct ProgressBar: Sendable {
    private static let width = 30
    private let isShown: Bool

    /// - Parameter shouldContinue: not for JSON.
    init(shouldContinue: Bool) { isShown = shouldContinue && isatty(STDERR_FILENO) == 1 }

    /// Redraws it.
    func show(_ done: Int, of total: Int, _ note: String = "") {
        guard isShown else { return }
        Console.write("\r" + ProgressBar.line(done, of: total, note) + "\u{1B}[K", to: STDERR_FILENO, lineEnd: "")
    }

    /// Clears its line for other text.
    func clear() {
        if isShown { Console.write("\r\u{1B}[K", to: STDERR_FILENO, lineEnd: "") }
    }

    /// `[##########····················] 1/3  note`
    static func line(_ done: Int, of total: Int, _ note: String) -> String {
        let filled = total == 0 ? width : width * min(done, total) / total
        let bar = String(repeating: "#", count: filled) + String(repeating: "·", count: width - filled)
        return "[\(bar)] \(done)/\(total)" + (note.isEmpty ? "" : "  \(note)")
    }
}
