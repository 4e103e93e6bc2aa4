import ArgumentParser

/// A word where the name of a command is expected, which is none, and the command that it is most like.
struct MistypedCommand: Equatable {
    /// The command whose subcommand it would be: `vstore apdu`.
    let parent: String
    let word: String
    /// Nil where no name is like it.
    let suggestion: String?

    var message: String {
        let remedy = suggestion.map { "Did you mean '\($0)'?" } ?? "'\(parent) --help' lists its commands."
        return "\(parent) has no command '\(word)'. \(remedy)"
    }

    /// Follows the words of a command line down to a command that has no subcommands, or to an option.
    ///
    /// - Parameter arguments: without the program's own name.
    /// - Returns: nil where every word on that way names a command.
    init?(_ arguments: some Sequence<String>, root: any ParsableCommand.Type = VStore.self) {
        var command = root
        var path = [root.configuration.commandName ?? ""]
        for (place, word) in arguments.enumerated() {
            let subcommands = command.configuration.subcommands
            if subcommands.isEmpty || word.hasPrefix("-") { return nil }
            if place == 0, word == "help" { continue }
            let names = subcommands.map { ($0.configuration.commandName ?? "", $0) }
            guard let next = names.first(where: { $0.0 == word }) else {
                parent = path.joined(separator: " ")
                self.word = word
                suggestion = Self.nearest(to: word, of: names.map(\.0))
                return
            }
            command = next.1
            path.append(word)
        }
        return nil
    }

    /// The name that differs in the fewest letters: at most two, and fewer than the word has.
    static func nearest(to word: String, of names: [String]) -> String? {
        let distances = names.map { (name: $0, letters: distance(Array(word), Array($0))) }
        guard let best = distances.min(by: { $0.letters < $1.letters }) else { return nil }
        return best.letters <= min(2, word.count - 1) ? best.name : nil
    }

    /// How many letters are inserted, left out, replaced, or swapped with their neighbours, at least.
    private static func distance(_ first: [Character], _ second: [Character]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...second.count)
        for i in first.indices {
            var row = [i + 1]
            for j in second.indices {
                var best = min(row[j] + 1, last[j + 1] + 1, last[j] + (first[i] == second[j] ? 0 : 1))
                if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
                    best = min(best, beforeLast[j - 1] + 1)
                }
                row.append(best)
            }
            (beforeLast, last) = (last, row)
        }
        return last[second.count]
    }
}
