/// The `set` lines of a shell that are not recorded yet: whether one contains a PIN shows only when the variable is
/// used.
struct UnprovenSettings: Sendable {
    private struct Setting: Sendable {
        let name: String
        let line: String
        /// Whether it contains literal bytes, not only variables.
        let hasBytes: Bool
        /// The variables in it.
        let origins: Set<String>
        /// Whether it was built from a secret: literal bytes are then padding.
        let isFilling: Bool
    }

    private var settings: [Setting] = []

    /// Records that a variable was set.
    mutating func add(_ name: String, _ value: ScriptCommand, isFilling: Bool) {
        settings.append(
            Setting(
                name: name, line: "#: set \(name) = \(value.description)", hasBytes: value.hasBytes,
                origins: Set(value.variables), isFilling: isFilling))
    }

    /// Records that a variable got a value that is not a literal. Variables set from it before still need the line.
    mutating func forget(_ name: String) {
        guard !settings.contains(where: { $0.origins.contains(name) }) else { return }
        settings.removeAll { $0.name == name }
    }

    /// `names`, and the variables from which they were set.
    func origins(of names: Set<String>) -> Set<String> {
        var all = names
        for setting in settings.reversed() where all.contains(setting.name) { all.formUnion(setting.origins) }
        return all
    }

    /// The lines that a script needs before a command with these variables, in order; they are returned only once. A
    /// literal secret becomes a prompted one.
    mutating func dequeue(_ names: some Sequence<String>, isSecret: (String) -> Bool) -> [String] {
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
