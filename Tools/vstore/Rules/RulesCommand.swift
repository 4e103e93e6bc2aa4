import ArgumentParser
import SupplyRulesText
import ValueProtocol

struct RulesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Check, show, price and try the rules by which meters charge and supply.",
        discussion: """
            Rules are a file in YAML: prices by season, day and hour, blocks by the month's use, standing charge, debt, \
            emergency and friendly credit. docs/supply-rules.schema.json describes it to editors.
            """,
        subcommands: [RulesCheck.self, RulesShow.self, RulesPrice.self, RulesDiff.self, RulesTry.self])
}

/// A file of rules that a user names.
enum RulesFile {
    /// - Throws: `Failure` where it cannot be read, with the line and the field that are wrong.
    static func read(_ path: String) throws -> SupplyRules {
        let text = try TextFile.read(path)
        do throws(SupplyRulesTextError) {
            return try SupplyRules(yaml: text)
        } catch {
            throw Failure(.file, "\(path == "-" ? "standard input" : path), \(explained(error))")
        }
    }
}

struct RulesCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check a file of rules, and say what sending it takes.",
        discussion: """
            Says the line and the field of what is wrong, and what is allowed there.

              vstore rules check rules.yaml
              vstore rules check rules.yaml --channels 2
            """)

    @Argument(help: ArgumentHelp("The rules, in YAML; - for standard input.", valueName: "file"), completion: .file())
    var file: String

    @Option(
        name: .long,
        help: ArgumentHelp("How many sources the meters measure; each needs a price.", valueName: "1-8"))
    var channels: Int = 1

    @OptionGroup var common: ProgramOptions

    func validate() throws {
        guard (1...8).contains(channels) else { throw ValidationError("A meter has 1 to 8 sources.") }
    }

    mutating func run() throws {
        let rules = try RulesFile.read(file)
        if let channel = rules.firstChannelWithoutSource(channelCount: channels) {
            throw Failure(
                .refused,
                "\(file): a meter with \(channels) sources refuses these rules: add a source with channel \(channel).")
        }
        let count = rules.bytes.count
        let parts = (count + RulesCheck.partSize - 1) / RulesCheck.partSize
        common.console.output(
            [
                "file": .text(file), "id": .number(Int(rules.id)), "effective": .moment(rules.effective),
                "currency": .text("\(rules.currency)"), "bytes": .number(count), "parts": .number(parts),
            ],
            [
                "\(file): rules \(rules.id), in \(rules.currency), in force from \(rules.effective.dateTime)",
                "\(count) of \(SupplyRules.maxByteCount) bytes; sent in \(parts) \(parts == 1 ? "part" : "parts")",
            ])
    }

    /// Of CONVERT RULES (protocol §10).
    private static let partSize = 200
}

struct RulesShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show rules as they are written, or as a meter takes them.",
        discussion: """
            The file is put into one form: fields in their order, everything written out. With --bytes it shows what \
            CONVERT RULES carries, in hexadecimal digits.

              vstore rules show rules.yaml
              vstore rules show rules.yaml --bytes
            """)

    @Argument(help: ArgumentHelp("The rules, in YAML; - for standard input.", valueName: "file"), completion: .file())
    var file: String

    @Flag(name: .long, help: "Show the encoded form.")
    var bytes = false

    @OptionGroup var common: ProgramOptions

    mutating func run() throws {
        let rules = try RulesFile.read(file)
        let hex = rules.bytes.map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
        let yaml = rules.yaml
        common.console.output(
            ["id": .number(Int(rules.id)), "yaml": .text(yaml), "bytes": .text(hex)],
            bytes ? [hex] : yaml.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init))
    }
}

struct RulesDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show in what two files of rules differ.",
        discussion: """
            Both are put into one form first, so that only what meters see counts. Exit status 1 if they differ.

              vstore rules diff rules-2026.yaml rules-2027.yaml
            """)

    @Argument(help: ArgumentHelp("The rules of before, in YAML.", valueName: "file"), completion: .file())
    var before: String

    @Argument(help: ArgumentHelp("The rules of after, in YAML.", valueName: "file"), completion: .file())
    var after: String

    @OptionGroup var common: ProgramOptions

    mutating func run() throws {
        let (old, new) = (try RulesFile.read(before), try RulesFile.read(after))
        let lines = RulesDiff.lines(
            old.yaml.split(separator: "\n").map(String.init), new.yaml.split(separator: "\n").map(String.init))
        common.console.output(
            [
                "same": .truth(lines.isEmpty),
                "removed": .list(lines.filter { $0.hasPrefix("-") }.map { .text(String($0.dropFirst(2))) }),
                "added": .list(lines.filter { $0.hasPrefix("+") }.map { .text(String($0.dropFirst(2))) }),
            ], lines)
        if !lines.isEmpty { throw ExitCode(ExitStatus.refused.rawValue) }
    }

    /// Lines that only one has, in their order: `- id: 1`, `+ id: 2`.
    private static func lines(_ old: [String], _ new: [String]) -> [String] {
        let changes = new.difference(from: old)
        var removed: [Int: String] = [:]
        var added: [Int: String] = [:]
        for change in changes {
            switch change {
            case .remove(let offset, let line, _): removed[offset] = line
            case .insert(let offset, let line, _): added[offset] = line
            }
        }
        var lines: [String] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if let line = removed[left] {
                lines.append("- \(line)")
                left += 1
            } else if let line = added[right] {
                lines.append("+ \(line)")
                right += 1
            } else {
                left += 1
                right += 1
            }
        }
        return lines
    }
}
