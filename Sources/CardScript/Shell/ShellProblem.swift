/// What a person typed that cannot be done, with what to type instead.
public struct ShellProblem: Error, Sendable, CustomStringConvertible {
    public let description: String
    /// What is wrong with the line as one of a script, where that is it; a program says what to write instead.
    public let code: ScriptError.Code?
    /// The variable concerned, where one is.
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
