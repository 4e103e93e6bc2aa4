import ArgumentParser

/// A long option that no command has, and the one that it is most like: the parser tells of it only where nothing else is
/// wrong, and then names the cause last.
enum MistypedOption {
    /// What to say beside another fault; nil where every option is known, or none is like it.
    static func hint(
        for message: String, _ arguments: some Sequence<String> = CommandLine.arguments.dropFirst(),
        root: any ParsableCommand.Type = VStore.self
    ) -> String? {
        if message.hasPrefix("Unknown option") { return nil }
        var command = root
        var words = Array(arguments)[...]
        while let word = words.first,
            let next = command.configuration.subcommands.first(where: { $0.configuration.commandName == word })
        {
            command = next
            words = words.dropFirst()
        }
        let known = names(in: root.helpMessage(for: command, includeHidden: true))
        for word in words.prefix(while: { $0 != "--" }) where word.hasPrefix("--") {
            let name = String(word.prefix { $0 != "=" })
            if known.contains(name) { continue }
            return MistypedCommand.nearest(to: name, of: known)
                .map { "There is no option '\(name)'. Did you mean '\($0)'?" }
        }
        return nil
    }

    /// The long options at the beginning of the lines of a help: `  -r, --reader <reader>   The reader`.
    private static func names(in help: String) -> [String] {
        help.split(separator: "\n").flatMap { line -> [String] in
            let words = line.split(separator: " ").prefix { $0.hasPrefix("-") || $0.hasPrefix("<") }
            return words.filter { $0.hasPrefix("--") }.map { word in String(word.prefix { $0 != "," && $0 != "/" }) }
        }
    }
}
