public import CardTrace
import Diagnostics
import ISO7816

/// Names that can be typed instead of bytes: applications, files and commands.
public struct ShellNames: Sendable {
    /// An application and its name.
    struct Application: Sendable {
        let id: String
        let aid: [UInt8]
        let name: String
    }

    /// The first four bytes of a command, as far as its name says them.
    struct Header {
        let cla: UInt8
        let ins: UInt8
        let p1: UInt8?
        let p2: UInt8?

        init?(_ command: CommandSpecification) {
            guard let cla = command.cla.first?.value, let ins = command.ins.first?.value else { return nil }
            (self.cla, self.ins) = (cla, ins)
            (p1, p2) = (ShellNames.fixed(command.p1?.match), ShellNames.fixed(command.p2?.match))
        }
    }

    let applications: [Application]
    /// Of any application, by typed name: blanks become dashes, letters lower case.
    let commands: [String: Header]
    private let dictionary: APDUDictionary

    /// Files that are the same on every card that has them: ISO/IEC 7816-4:2020, 7.4; ETSI TS 102 221, 13.
    static let files: [(name: String, identifier: [UInt8])] = [
        ("mf", [0x3F, 0x00]), ("ef.dir", [0x2F, 0x00]), ("ef.atr", [0x2F, 0x01]), ("ef.iccid", [0x2F, 0xE2]),
        ("ef.pl", [0x2F, 0x05]), ("ef.arr", [0x2F, 0x06]),
    ]

    /// Collects the names of a dictionary.
    public init(_ dictionary: APDUDictionary) {
        applications = dictionary.files.flatMap { file in
            file.applications.compactMap { application in
                [UInt8](hexadecimal: application.aid).map {
                    Application(id: application.id.lowercased(), aid: $0, name: application.name)
                }
            }
        }
        var commands: [String: Header] = [:]
        // A file earlier in the search order takes precedence, and in a file the first command of a name.
        for command in dictionary.files.flatMap(\.commands) {
            let name = Self.typed(command.name)
            guard let header = Header(command) else { continue }
            // Commands to the reader itself do not replace a card command's name.
            if commands[name] == nil || commands[name]?.cla == 0xFF && header.cla != 0xFF { commands[name] = header }
        }
        self.dictionary = dictionary
        self.commands = commands
    }

    /// The command of a typed name: the selected application's, else that of ISO/IEC 7816-4, else any card's; nil where
    /// none has the name.
    ///
    /// - Parameter aid: of the application selected since the reset.
    func command(_ name: String, selected aid: [UInt8]?) -> Header? {
        let fitting = dictionary.commands(selected: aid).lazy
            .filter { Self.typed($0.name) == name }.compactMap(Header.init)
        return fitting.first { $0.cla != 0xFF } ?? commands[name]
    }

    /// P1 and data of SELECT for a name.
    ///
    /// - Parameter text: a file's or application's name, an unambiguous part of one, an identifier of two bytes, a path
    ///   from the MF such as `3F00/2FE2`, or an AID in hexadecimal.
    /// - Throws: `ShellError` where none or several match.
    func selection(_ text: String) throws(ShellError) -> (p1: UInt8, data: [UInt8]) {
        let wanted = text.lowercased()
        if let file = Self.files.first(where: { $0.name == wanted }) { return (0x00, file.identifier) }
        if let path = path(wanted) { return path }
        let exact = applications.filter { $0.id == wanted || $0.name.lowercased() == wanted }
        let fitting = exact.isEmpty ? applications.filter { $0.name.lowercased().contains(wanted) } : exact
        let aids = Set(fitting.map(\.aid))
        if let aid = aids.first, aids.count == 1 { return (0x04, aid) }
        if aids.isEmpty { throw ShellError(.unknownName, text) }
        let names = fitting.map(\.id).sorted().joined(separator: ", ")
        throw ShellError(.ambiguousName, text, cause: Circumstance(names))
    }

    private func path(_ text: String) -> (p1: UInt8, data: [UInt8])? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { [UInt8](hexadecimal: $0) }
        if parts.count == 1, let bytes = parts[0] {
            if bytes.count == 2 { return (0x00, bytes) }
            return (5...16).contains(bytes.count) ? (0x04, bytes) : nil
        }
        let identifiers = parts.compactMap { $0?.count == 2 ? $0 : nil }
        guard identifiers.count == parts.count else { return nil }
        // A path from the MF omits the MF's own identifier (ISO/IEC 7816-4:2020, 11.2.2).
        return (0x08, Array((identifiers[0] == [0x3F, 0x00] ? identifiers.dropFirst() : identifiers[...]).joined()))
    }

    /// The completions of the last word of `text`, as whole words.
    public func completions(of text: String, variables: [String]) -> [String] {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard let last = words.last else { return [] }
        let pool: [String]
        if last.hasPrefix("$") {
            pool = variables.map { "${\($0)}" }
        } else if words.count == 1 {
            pool = ShellInput.words + commands.keys
        } else if words[0] == "select" {
            pool = Self.files.map(\.name) + applications.map(\.id)
        } else if words[0] == "help" {
            pool = ShellInput.words
        } else if commands[words[0]] != nil {
            pool = ["cla=", "data=", "le=", "p1=", "p2="]
        } else {
            pool = []
        }
        return Set(pool.filter { $0.hasPrefix(last.lowercased()) || $0.hasPrefix(last) }).sorted()
    }

    private static func typed(_ name: String) -> String {
        String(name.lowercased().map { $0 == " " || $0 == "/" ? "-" : $0 })
    }

    private static func fixed(_ pattern: BytePattern?) -> UInt8? { pattern?.mask == 0xFF ? pattern?.value : nil }
}
