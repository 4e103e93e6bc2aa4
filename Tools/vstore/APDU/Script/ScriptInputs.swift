import CardCrypto
import CardScript
import Issuing
import ValueProtocol

/// A script and its input: files, tables, secrets.
enum ScriptInputs {
    /// Reads a script; the files that it includes are looked for in its own folder.
    ///
    /// - Throws: `Failure`, `ScriptError`.
    static func script(_ file: String) throws -> Script {
        let text = try TextFile.read(file)
        let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
        return try Script(text) { (name) throws(ScriptError.NoInclude) in
            do {
                return try TextFile.read(name.hasPrefix("/") ? name : folder + name)
            } catch {
                throw ScriptError.NoInclude("\(error)")
            }
        }
    }

    /// Reads a table: its header names variables, for which each row has values.
    ///
    /// - Throws: `Failure`, `CSVError`.
    static func rows(of file: String) throws -> [[String: String]] {
        var rows = try CSVText(try TextFile.read(file)).rows
        guard let header = rows.first else {
            throw Failure(.file, "\(file): has no header. Name the columns in its first line.")
        }
        rows.removeFirst()
        for field in header where !ScriptVariables.isName(field.text) {
            throw Failure(
                .file,
                "\(file), line \(field.line), column \(field.column): \(field.text) is not a variable name. "
                    + "Write letters, digits and _.")
        }
        let names = header.map(\.text)
        guard Set(names).count == names.count else {
            throw Failure(.file, "\(file): two columns have the same name. Rename one of them.")
        }
        return try rows.map { row in
            guard row.count == names.count else {
                throw CSVError(
                    .wrongCount, line: row[0].line, column: row[0].column,
                    found: "\(row.count) instead of \(names.count)")
            }
            return Dictionary(uniqueKeysWithValues: zip(names, row.map(\.text)))
        }
    }

    /// The initial variables of the script: definitions of the command line, and its secrets.
    ///
    /// - Parameters:
    ///   - script: says which of its variables are secret.
    ///   - definitions: `name=value` of the command line.
    ///   - secretsFile: lines `name=value`; a secret that is not in it is asked for at the terminal.
    ///   - rows: of the table: what it has a column for is not asked for.
    /// - Throws: `Failure`.
    static func variables(
        of script: Script, _ definitions: [String], secretsFile: String?, rows: [[String: String]]
    ) throws -> ScriptVariables {
        var given: [String: String] = [:]
        if let secretsFile {
            let lines = try TextFile.read(secretsFile).split(whereSeparator: \.isNewline)
            for (index, line) in lines.enumerated() where !line.hasPrefix("#") {
                guard let (name, value) = ScriptVariables.definition(String(line)) else {
                    // The line itself may be a secret, so it is not shown.
                    throw Failure(.file, "\(secretsFile), entry \(index + 1): sets nothing. Write name=value.")
                }
                given[name] = value
            }
        }
        return try ScriptVariables(
            of: script, definitions: definitions.compactMap(ScriptVariables.definition), secrets: given,
            columns: Set(rows.first.map { Array($0.keys) } ?? []), ask: asked)
    }

    private static func asked(_ name: String) throws -> String {
        try SecretSource.typed(option: "--secrets").line("secret \(name), hexadecimal digits").withBytes { bytes in
            var copy: [UInt8] = []
            for index in bytes.indices { copy.append(bytes[index]) }
            return String(decoding: copy, as: UTF8.self)
        }
    }
}
