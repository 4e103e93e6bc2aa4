import Diagnostics
import ISO7816

/// A parsed line of the shell.
enum ShellInput: Sendable, Hashable {
    case nothing
    /// Send this; `note` is the name that was typed.
    case send(ScriptCommand, note: String?)
    case reset
    /// Set a variable to this value.
    case set(String, ScriptCommand)
    /// Set a variable from the last answer.
    case capture(String, AnswerCheck.Source)
    /// Prompt for the value of a variable that is never shown.
    case secret(String)
    case variables
    /// Show the data objects of these bytes, or of the last answer.
    case objects(ScriptCommand?)
    /// Record into a file; nil to stop.
    case record(String?)
    /// Whether 61xx and 6Cxx are passed through.
    case raw(Bool)
    case info
    case help(String?)
    case quit

    /// The words that a line can start with, in the order of the help.
    static let words = [
        "select", "bytes", "set", "secret", "vars", "tlv", "reset", "info", "record", "raw", "help", "quit",
    ]

    /// The purpose of each word.
    static let help: [(usage: String, meaning: String)] = [
        ("00 A4 04 00 05 …", "send a command: hexadecimal digits and ${variables}, blanks as you like"),
        (
            "get-data p1=01 p2=00 le=0",
            "send a command by name, the selected application's first; data=HEX, le=COUNT, cla=HEX"
        ),
        ("select NAME", "SELECT an application or file: a name, 2 bytes, a path 3F00/2FE2, or an AID"),
        ("bytes HEX", "send bytes as they are, also where they are no command, and leave 61xx and 6Cxx as they are"),
        ("set NAME = VALUE", "set a variable: digits, \"text\", answer, answer[8+4], status, or tag 6F/84"),
        ("secret NAME", "set a variable that is asked for and never shown"),
        ("vars", "show the variables"),
        ("tlv [HEX]", "show the data objects of the bytes, or of the last answer"),
        ("reset", "reset the card"),
        ("info", "show the reader, the answer to reset and the protocol"),
        ("record FILE", "write what is done from here on into a script; record alone ends it"),
        ("raw on|off", "leave 61xx and 6Cxx as they are, or follow them"),
        ("help", "show this"),
        ("quit", "leave, as Ctrl-D does"),
    ]

    /// Parses a line.
    ///
    /// - Parameter selected: the AID of the application selected since the reset, whose names come first.
    /// - Throws: `ShellError`.
    init(_ line: String, names: ShellNames, selected: [UInt8]?) throws(ShellError) {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard let first = words.first, !first.hasPrefix("#") else {
            self = .nothing
            return
        }
        let rest = line[first.endIndex...].drop(while: \.isWhitespace)
        switch (first.lowercased(), words.count) {
        case ("reset", 1): self = .reset
        case ("vars", 1): self = .variables
        case ("info", 1): self = .info
        case ("help", _): self = .help(words.count > 1 ? String(words[1]) : nil)
        case ("quit", 1), ("exit", 1): self = .quit
        case ("record", 1): self = .record(nil)
        case ("record", 2): self = .record(String(words[1]))
        case ("raw", 2) where words[1] == "on" || words[1] == "off": self = .raw(words[1] == "on")
        case ("tlv", 1): self = .objects(nil)
        case ("tlv", _): self = .objects(try Self.template(rest))
        case ("bytes", 2...):
            let template = try Self.template(rest, of: line)
            self = .send(
                ScriptCommand(template.elements, description: template.description, isVerbatim: true), note: nil)
        case ("secret", 2) where ScriptScanner.isName(words[1]): self = .secret(String(words[1]))
        case ("set", _): self = try Self.setting(rest)
        case ("select", 2...):
            var text = String(rest)
            while text.last?.isWhitespace == true { text.removeLast() }
            let (p1, data) = try names.selection(text)
            guard let count = UInt8(exactly: data.count) else {
                let reason = Circumstance("\(data.count) bytes, more than the command carries")
                throw ShellError(.unknownName, text, cause: reason)
            }
            let bytes = [0x00, 0xA4, p1, 0x00, count] + data + [0x00]
            self = .send(
                ScriptCommand(
                    bytes.map { .byte(value: $0, mask: 0xFF) }, description: bytes.hexadecimal(separator: " ")),
                note: "SELECT \(text)")
        case (let name, _) where names.commands[name] != nil:
            guard let known = names.command(name, selected: selected) else { throw ShellError(.unknownWord, name) }
            self = try Self.named(name, words.dropFirst(), known)
        case (let word, _) where Self.words.contains(word):
            let usage = Self.help.first { $0.usage.hasPrefix(word) }?.usage ?? word
            throw ShellError(.badUsage, line, usage: usage)
        default:
            // A letter that is no digit makes it a word; another character is a slip in the bytes.
            guard first.contains("$") || first.allSatisfy({ !$0.isLetter || $0.isHexDigit }) else {
                throw ShellError(.unknownWord, String(first))
            }
            self = .send(try Self.template(line[...]), note: nil)
        }
    }

    private static func setting(_ text: Substring) throws(ShellError) -> ShellInput {
        guard let (name, value) = ScriptParser.equation(text), ScriptScanner.isName(name), !value.isEmpty else {
            throw ShellError(.badSet, "set \(text)")
        }
        if let source = ScriptParser.source(value) { return .capture(String(name), source) }
        if value.count >= 2, value.first == "\"", value.last == "\"" {
            let bytes = Array(String(value.dropFirst().dropLast()).utf8)
            return .set(
                String(name), ScriptCommand(bytes.map { .byte(value: $0, mask: 0xFF) }, description: String(value)))
        }
        return .set(String(name), try template(value))
    }

    /// `get-data p1=01 p2=00 data=… le=… cla=…`
    private static func named(
        _ name: String, _ words: ArraySlice<Substring>, _ known: ShellNames.Header
    ) throws(ShellError) -> ShellInput {
        var (cla, p1, p2) = (known.cla, known.p1, known.p2)
        var data: [ScriptElement] = []
        var expected: Int?
        var given: Set<Substring> = []
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let problem = ShellError(.badParameter, "\(name) \(word)")
            guard parts.count == 2, given.insert(parts[0]).inserted else { throw problem }
            switch parts[0] {
            case "cla", "p1", "p2":
                guard let byte = [UInt8](hexadecimal: parts[1]), byte.count == 1 else { throw problem }
                switch parts[0] {
                case "cla": cla = byte[0]
                case "p1": p1 = byte[0]
                default: p2 = byte[0]
                }
            case "data": data = try template(parts[1]).elements
            case "le":
                guard let count = Int(parts[1]), (0...256).contains(count) else { throw problem }
                expected = count
            default: throw problem
            }
        }
        var bytes = [cla, known.ins, p1 ?? 0, p2 ?? 0].map { ScriptElement.byte(value: $0, mask: 0xFF) }
        if !data.isEmpty {
            let isVariable = data.contains { if case .variable = $0 { true } else { false } }
            guard !isVariable, let count = UInt8(exactly: data.count) else {
                throw ShellError(.badData, name)
            }
            bytes += [.byte(value: count, mask: 0xFF)] + data
        }
        if let expected { bytes.append(.byte(value: UInt8(truncatingIfNeeded: expected), mask: 0xFF)) }
        let text = bytes.compactMap { if case .byte(let value, _) = $0 { value } else { nil } }
        return .send(ScriptCommand(bytes, description: text.hexadecimal(separator: " ")), note: name)
    }

    /// - Parameter line: the whole line, in which columns are counted; nil where it is all of `text`.
    private static func template(_ text: Substring, of line: String? = nil) throws(ShellError) -> ScriptCommand {
        let column = line.map { $0.distance(from: $0.startIndex, to: text.startIndex) + 1 } ?? 1
        do throws(ScriptError) {
            return try ScriptParser.template(text, column: column, of: line.map { $0[...] } ?? text, at: 1)
        } catch {
            throw ShellError(error.code, column: error.column, of: line.map { $0[...] } ?? text, name: error.name)
        }
    }
}
