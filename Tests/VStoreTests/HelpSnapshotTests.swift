import ArgumentParser
import Foundation
import Testing

@testable import vstore

/// The help of every command is kept in `Snapshots`, so that a change of it is visible in review.
///
/// After an intended change: `VSTORE_RECORD=1 swift test --filter HelpSnapshotTests`.
@Suite("Help") struct HelpSnapshotTests {
    /// Every command of the program: "", "card", "card info" and so on.
    static let commands = names(of: VStore.self, "")

    private static func names(of type: any ParsableCommand.Type, _ words: String) -> [String] {
        let prefix = words.isEmpty ? "" : words + " "
        return [words] + type.configuration.subcommands.flatMap { names(of: $0, prefix + $0._commandName) }
    }

    private static func snapshot(of command: String) -> String {
        (["vstore"] + command.split(separator: " ").map(String.init)).joined(separator: "-") + ".txt"
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snapshots")

    @Test(arguments: commands) func `help is as recorded`(command: String) throws {
        let outcome = try VStoreProgram.withHome { try $0.run("help \(command)") }
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty)
        let file = Self.folder.appending(path: Self.snapshot(of: command))
        if ProcessInfo.processInfo.environment["VSTORE_RECORD"] != nil {
            try outcome.output.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(outcome.output == (try String(contentsOf: file, encoding: .utf8)))
    }

    @Test func `the help lists the commands that take a remote card`() throws {
        let named: [String: [String]] = [
            "apdu": ["send", "script", "shell"],
            "card": [
                "bind", "block", "info", "issue", "load", "log", "recover", "redeem", "refund", "replace", "rotate",
            ],
            "host": ["exchange"], "key": ["ceremony", "list"], "meter": ["redeem"],
        ]
        let remote = try Self.commands.filter { command in
            try VStoreProgram.withHome { try $0.run("help \(command)") }.output.contains("  --remote <")
        }
        #expect(Set(remote) == Set(named.flatMap { group, names in names.map { "\(group) \($0)" } }))
        let words = try VStoreProgram.withHome { try $0.run("help") }.output.split(whereSeparator: \.isWhitespace)
        let help = words.joined(separator: " ")
        for (group, names) in named {
            let list =
                names.count == 1 ? names[0] : names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
            #expect(help.contains("\(group) \(list)"))
        }
    }

    @Test func `a snapshot belongs to a command`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(files) == Set(Self.commands.map(Self.snapshot)))
    }

    @Test(arguments: commands) func `a command shows an example, of options that it has`(command: String) throws {
        let help = try VStoreProgram.withHome { try $0.run("help \(command)") }.output
        if help.contains("SUBCOMMANDS:\n") { return }
        let (before, after) = try #require(
            help.range(of: "USAGE: ").map { (help[..<$0.lowerBound], help[$0.lowerBound...]) })
        let examples = before.replacing(" \\\n", with: "").split(separator: "\n").filter {
            $0.contains("  vstore ") || $0.contains("| vstore ")
        }
        #expect(!examples.isEmpty, "\(command) has no example")
        // Listed at the beginning of a line: "  -f, --file <file>", "  --yes".
        let known = after.split(separator: "\n").filter { $0.hasPrefix("  -") }
            .flatMap {
                $0.split(separator: " ").prefix(2).map { $0.trimmingPrefix(" ").prefix { $0 != "," } }.flatMap {
                    $0.split(separator: "/")
                }
            }
        for example in examples {
            // What follows -- is another program's.
            let own = example.split(separator: " ").prefix { $0 != "--" }
            for option in own where option.hasPrefix("-") && option != "-" && option != "->" {
                #expect(known.contains(option), "\(example) has \(option)")
            }
        }
    }

    @Test(arguments: [
        ("crad info", "vstore has no command 'crad'. Did you mean 'card'?"),
        ("apdu sned 00", "vstore apdu has no command 'sned'. Did you mean 'send'?"),
        ("help apdu relay server", "vstore apdu relay has no command 'server'. Did you mean 'serve'?"),
        ("balance", "vstore has no command 'balance'. 'vstore --help' lists its commands."),
        ("card info --raeder 0", "Unknown option '--raeder'. Did you mean '--reader'?"),
        // Where something else is wrong too, as for want of the option that is meant.
        ("apdu send --byts 00", "There is no option '--byts'. Did you mean '--bytes'?"),
        ("card load --servise=gas 5", "There is no option '--servise'. Did you mean '--service'?"),
    ])
    func `a mistyped word is answered with the right one`(line: String, message: String) throws {
        let outcome = try VStoreProgram.withHome { try $0.run(line) }
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(message))
    }

    @Test func `the version is one line`() throws {
        let outcome = try VStoreProgram.withHome { try $0.run("--version") }
        #expect(outcome.status == 0)
        #expect(outcome.output.wholeMatch(of: /vstore \d+\.\d+\.\d+\n/) != nil)
    }
}
