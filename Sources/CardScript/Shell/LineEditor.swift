/// A line editor: the terminal's input bytes go in (ECMA-48, xterm), and events come out. It reads and writes nothing
/// itself.
public struct LineEditor: Sendable {
    /// The event that a key causes.
    public enum Event: Sendable, Equatable {
        /// Display ``display(prompt:width:)`` again.
        case changed
        /// The line is complete.
        case line(String)
        /// Ctrl-C: the line is cancelled.
        case interrupted
        /// Ctrl-D on an empty line.
        case end
        /// Tab: pass the candidates for this text to ``complete(_:)``.
        case completionRequested(String)
        /// Ctrl-L.
        case clearScreen
        case nothing
    }

    /// The characters.
    public private(set) var characters: [Character] = []
    /// The index of the character at the cursor.
    public private(set) var cursor = 0
    private let history: [String]
    /// The index of the line in the history; its count for the new line.
    private var historyIndex: Int
    /// The new line, while a history line is shown.
    private var draft: [Character] = []
    private var killed: [Character] = []
    private var pending: [UInt8] = []

    /// An empty line.
    public init(history: [String] = []) {
        self.history = history
        historyIndex = history.count
    }

    /// The line so far.
    public var text: String { String(characters) }

    /// Feeds one byte from the terminal.
    public mutating func feed(_ byte: UInt8) -> Event {
        if !pending.isEmpty { return continued(byte) }
        switch byte {
        case 0x0A, 0x0D: return .line(text)
        case 0x1B, 0xC2...0xF4: pending = [byte]
        case 0x01: cursor = 0
        case 0x02: cursor = max(0, cursor - 1)
        case 0x03: return .interrupted
        case 0x04:
            if characters.isEmpty { return .end }
            deleteForward()
        case 0x05: cursor = characters.count
        case 0x06: cursor = min(characters.count, cursor + 1)
        case 0x08, 0x7F: deleteBackward()
        case 0x09: return .completionRequested(String(characters[..<cursor]))
        case 0x0B: kill(cursor..<characters.count)
        case 0x0C: return .clearScreen
        case 0x0E: move(in: 1)
        case 0x10: move(in: -1)
        case 0x15: kill(0..<cursor)
        case 0x17:
            let blanks = characters[..<cursor].reversed().prefix { $0 == " " }.count
            let word = characters[..<(cursor - blanks)].reversed().prefix { $0 != " " }.count
            kill((cursor - blanks - word)..<cursor)
        case 0x19: insert(killed)
        case 0x20..<0x7F: insert([Character(Unicode.Scalar(byte))])
        default: return .nothing
        }
        return pending.isEmpty ? .changed : .nothing
    }

    /// Replaces the last word before the cursor by the common prefix of `candidates`.
    ///
    /// - Returns: the candidates, where there are several with no longer common prefix.
    public mutating func complete(_ candidates: [String]) -> [String] {
        guard var common = candidates.first else { return [] }
        for candidate in candidates.dropFirst() { common = common.commonPrefix(with: candidate) }
        let word = characters[..<cursor].reversed().prefix { $0 != " " }.count
        guard common.count > word || candidates.count == 1 else { return candidates }
        let isWhole = candidates.count == 1 && !common.hasSuffix("=")
        characters.replaceSubrange((cursor - word)..<cursor, with: isWhole ? common + " " : common)
        cursor += common.count + (isWhole ? 1 : 0) - word
        return []
    }

    /// The output that displays the line on a terminal of `width` columns: only the part around the cursor, where the
    /// line is too long.
    public func display(prompt: String, width: Int) -> String {
        let columns = max(8, width - prompt.count - 1)
        let start = max(0, cursor - columns)
        let shown = String(characters[start...].prefix(columns))
        let back = start + shown.count - cursor
        return "\r\(prompt)\(shown)\u{1B}[K" + (back > 0 ? "\u{1B}[\(back)D" : "")
    }

    private mutating func continued(_ byte: UInt8) -> Event {
        pending.append(byte)
        if pending[0] == 0x1B {
            // ESC [ or ESC O, parameters, and a final byte from 40 on.
            if pending.count == 2, byte == 0x5B || byte == 0x4F { return .nothing }
            if pending.count > 2, !(0x40...0x7E).contains(byte), pending.count < 16 { return .nothing }
            defer { pending = [] }
            return escape(pending.count > 2 ? Array(pending.dropFirst(2)) : [])
        }
        let length = pending[0] < 0xE0 ? 2 : pending[0] < 0xF0 ? 3 : 4
        guard pending.count == length else { return .nothing }
        defer { pending = [] }
        guard let text = String(validating: pending, as: UTF8.self) else { return .nothing }
        insert(Array(text))
        return .changed
    }

    private mutating func escape(_ sequence: [UInt8]) -> Event {
        switch String(decoding: sequence, as: UTF8.self) {
        case "A": move(in: -1)
        case "B": move(in: 1)
        case "C": cursor = min(characters.count, cursor + 1)
        case "D": cursor = max(0, cursor - 1)
        case "H", "1~", "7~": cursor = 0
        case "F", "4~", "8~": cursor = characters.count
        case "3~": deleteForward()
        default: return .nothing
        }
        return .changed
    }

    private mutating func insert(_ new: [Character]) {
        characters.insert(contentsOf: new, at: cursor)
        cursor += new.count
    }

    private mutating func deleteBackward() {
        guard cursor > 0 else { return }
        cursor -= 1
        characters.remove(at: cursor)
    }

    private mutating func deleteForward() {
        if cursor < characters.count { characters.remove(at: cursor) }
    }

    private mutating func kill(_ range: Range<Int>) {
        killed = Array(characters[range])
        characters.removeSubrange(range)
        cursor = range.lowerBound
    }

    private mutating func move(in direction: Int) {
        let next = historyIndex + direction
        guard (0...history.count).contains(next) else { return }
        if historyIndex == history.count { draft = characters }
        historyIndex = next
        characters = next == history.count ? draft : Array(history[next])
        cursor = characters.count
    }
}

extension String {
    fileprivate func commonPrefix(with other: String) -> String {
        String(zip(self, other).prefix { $0 == $1 }.map(\.0))
    }
}
