import ArgumentParser
import CardCrypto
import CardScript

/// How a script is run: its variables, and the answers that it gets.
struct ScriptOptions: ParsableArguments {
    @Flag(
        name: .long,
        help: ArgumentHelp(
            "Leave 61xx and 6Cxx as they are instead of fetching the answer.",
            discussion: "For scripts that send GET RESPONSE by themselves, as those of scriptor do with T=0."))
    var raw = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Set a variable to hexadecimal digits or other text; nothing secret.", valueName: "name=value"))
    var define: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp("Take the script's secrets from lines name=value of a file.", valueName: "file"),
        completion: .file())
    var secrets: String?

    func validate() throws {
        for definition in define where ScriptVariables.definition(definition) == nil {
            throw ValidationError("--define \(definition) sets nothing. Write name=value, the name of letters and _.")
        }
    }

    /// Whether none was given.
    var isEmpty: Bool { !raw && define.isEmpty && secrets == nil }

    /// The initial variables of a script: those defined, and its secrets, of the file or asked for at the terminal.
    ///
    /// - Parameter table: what it has a column for is not asked for.
    /// - Throws: `Failure`, `ScriptError`.
    func variables(of script: Script, table: ScriptTable? = nil) throws -> ScriptVariables {
        let known = try secrets.map { try ScriptVariables.secrets(try TextFile.read($0), file: $0) } ?? [:]
        return try ScriptVariables(
            of: script, definitions: define.compactMap(ScriptVariables.definition), secrets: known,
            columns: Set(table?.columns ?? [])
        ) { name in
            try SecretSource.typed(option: "--secrets").line("secret \(name), hexadecimal digits").withBytes { bytes in
                String(decoding: bytes, as: UTF8.self)
            }
        }
    }
}
