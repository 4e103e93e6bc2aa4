#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Colours of a terminal (ECMA-48, SGR); none where the output is not a terminal, `NO_COLOR` is set, or the person wants
/// none.
enum Paint: String {
    case bold = "1"
    case faint = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"

    /// `text` in this colour, where `descriptor` shows colours.
    func on(_ text: String, of descriptor: CInt = STDOUT_FILENO) -> String {
        on(text, isShown: Paint.shows(on: descriptor))
    }

    /// `text` in this colour where colours are shown, for what is asked once for many texts.
    func on(_ text: String, isShown: Bool) -> String { isShown ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text }

    /// Whether what is written to `descriptor` may have colours.
    static func shows(on descriptor: CInt) -> Bool {
        switch Configuration.current[.colours].flatMap(Colours.init) {
        case .always: return true
        case .never: return false
        case .auto, nil: break
        }
        guard isatty(descriptor) == 1 else { return false }
        if let wish = getenv("NO_COLOR"), wish.pointee != 0 { return false }
        guard let kind = getenv("TERM") else { return false }
        return strcmp(kind, "dumb") != 0
    }
}
