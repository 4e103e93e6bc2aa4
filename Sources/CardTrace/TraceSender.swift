/// Who sent a command: a program, or a role within one.
public struct TraceSender: Sendable, Hashable, CustomStringConvertible {
    /// The program's or the role's name: `opensc-tool`, `desk`.
    public var name: String
    /// The program's process id, where known.
    public var process: Int32?

    public init(_ name: String, process: Int32? = nil) {
        self.name = name
        self.process = process
    }

    /// `opensc-tool (4711)`.
    public var description: String { process.map { "\(name) (\($0))" } ?? name }

    /// Parses a description.
    init(description text: String) {
        guard text.last == ")", let open = text.lastIndex(of: "("), text[..<open].last == " ",
            let process = Int32(text[text.index(after: open)...].dropLast())
        else {
            self.init(text)
            return
        }
        self.init(String(text[..<open].dropLast()), process: process)
    }
}
