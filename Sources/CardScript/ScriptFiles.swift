internal import CardTrace

extension Script {
    /// Parses the script of a file, and the files that it includes: their names are relative to the script's folder.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - read: returns the text of a file.
    /// - Throws: what `read` threw for the script itself; `ScriptError`, `.noInclude` where `read` threw for an included
    ///   file.
    public init(at path: String, read: (_ path: String) throws -> String) throws {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        try self.init(try read(path)) { (name) throws(ScriptError.NoInclude) in
            do {
                return try read(name.hasPrefix("/") ? name : folder + name)
            } catch {
                throw ScriptError.NoInclude("\(error)")
            }
        }
    }
}

extension ScriptVariables {
    /// Parses a file of secrets: one `name=value` per line; empty lines, and those that begin with `#`, are skipped.
    ///
    /// - Parameters:
    ///   - text: of the file. The last value of a name counts.
    ///   - file: its name, for errors.
    /// - Returns: the values by name.
    /// - Throws: `ScriptError` `.badDefinition`, which does not show the line: it may be a secret.
    public static func secrets(_ text: String, file: String) throws(ScriptError) -> [String: String] {
        var values: [String: String] = [:]
        for (index, line) in text.lines.enumerated() where !line.isEmpty && !line.hasPrefix("#") {
            guard let (name, value) = definition(String(line)) else {
                throw ScriptError(.badDefinition, line: index + 1, text: MaskedBytes.mask).within(file)
            }
            values[name] = value
        }
        return values
    }
}
