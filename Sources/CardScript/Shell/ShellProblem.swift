/// An error in typed input, with what to type instead.
public struct ShellProblem: Error, Sendable, CustomStringConvertible {
    public let description: String
    /// The script error of the line, if it is one; a program says what to write instead.
    public let code: ScriptError.Code?
    /// The variable concerned, if any.
    public let name: String?

    init(_ description: String) {
        self.description = description
        (code, name) = (nil, nil)
    }

    init(_ code: ScriptError.Code, _ subject: String, name: String? = nil) {
        description = "\(subject) \(code.description(of: name ?? "…"))"
        self.code = code
        self.name = name
    }
}
