#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Colours of a terminal (ECMA-48, SGR); none where the output is not a terminal or `NO_COLOR` is set.
enum Paint: String {
    case bold = "1"
    case faint = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"

    /// `text` in this colour, where `descriptor` shows colours.
    func on(_ text: String, of descriptor: CInt = STDOUT_FILENO) -> String {
        Paint.shows(on: descriptor) ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Whether what is written to `descriptor` may have colours.
    static func shows(on descriptor: CInt) -> Bool {
        guard isatty(descriptor) == 1 else { return false }
        if let wish = getenv("NO_COLOR"), wish.pointee != 0 { return false }
        guard let kind = getenv("TERM") else { return false }
        return strcmp(kind, "dumb") != 0
    }
}
