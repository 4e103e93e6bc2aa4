/// The `set` lines of a shell that are not recorded yet: whether there is a PIN in one shows only when the variable is
/// used.
struct UnprovenSettings: Sendable {
    private struct Setting: Sendable {
        let name: String
        let line: String
        /// Whether bytes stand in it, and not variables alone.
        let hasBytes: Bool
        /// The variables in it.
        let origins: Set<String>
        /// Whether it was made of a secret: bytes beside that are its filling.
        let isFilling: Bool
    }

    private var settings: [Setting] = []

    /// Notes that a variable was set.
    mutating func add(_ name: String, _ value: ScriptCommand, isFilling: Bool) {
        settings.append(
            Setting(
                name: name, line: "#: set \(name) = \(value.description)", hasBytes: value.hasBytes,
                origins: Set(value.variables), isFilling: isFilling))
    }

    /// Notes that a variable got a value that nobody wrote out. Those that were set of it before still need the line.
    mutating func forget(_ name: String) {
        guard !settings.contains(where: { $0.origins.contains(name) }) else { return }
        settings.removeAll { $0.name == name }
    }

    /// `names`, and the variables of which they were set.
    func origins(of names: Set<String>) -> Set<String> {
        var all = names
        for setting in settings.reversed() where all.contains(setting.name) { all.formUnion(setting.origins) }
        return all
    }

    /// The lines that a script needs before a command with these variables, in order; they are not given again. A secret
    /// that was written out becomes one that is asked for.
    mutating func take(_ names: some Sequence<String>, isSecret: (String) -> Bool) -> [String] {
        var needed = Set(names)
        var (lines, left): ([String], [Setting]) = ([], [])
        for setting in settings.reversed() {
            guard needed.remove(setting.name) != nil else {
                left.append(setting)
                continue
            }
            let wasSecret = setting.hasBytes && !setting.isFilling && isSecret(setting.name)
            lines.append(wasSecret ? "#: secret \(setting.name)" : setting.line)
            if !wasSecret { needed.formUnion(setting.origins) }
        }
        settings = left.reversed()
        return lines.reversed()
    }
}
