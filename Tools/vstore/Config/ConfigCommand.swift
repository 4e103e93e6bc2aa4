import ArgumentParser

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Settle the reader and other options once and for all.",
        discussion: """
            The file is $VSTORE_CONFIG, else vstore/config in $XDG_CONFIG_HOME or ~/.config: a setting per line as \
            name = value; # begins a comment. An option comes before the environment, the environment before the file.

            \(settings)
            """,
        subcommands: [ConfigList.self, ConfigGet.self, ConfigSet.self, ConfigUnset.self],
        defaultSubcommand: ConfigList.self)

    /// The settings and what they stand for, in columns.
    private static let settings: String = {
        let width = Setting.allCases.map(\.rawValue.count).max() ?? 0
        return Setting.allCases.map { setting in
            let name = setting.rawValue
            return "  " + name + String(repeating: " ", count: width - name.count + 2) + setting.meaning
        }.joined(separator: "\n")
    }()
}

struct ConfigList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the settings, and where they come from.",
        discussion: """
              vstore config list
            """)

    @OptionGroup var common: ProgramOptions

    mutating func run() throws {
        let values = Setting.allCases.map { ($0, Configuration.current.value($0)) }
        let path = ConfigurationFile.path(ProcessInfo.processInfo.environment)
        var table = TextTable(["SETTING", "VALUE", "FROM"])
        for (setting, value) in values {
            let origin =
                switch value?.origin {
                case .environment: "$\(setting.variable ?? "")"
                case .file: path
                case nil: ""
                }
            table.add([setting.rawValue, value?.text ?? "-", origin])
        }
        common.console.output(
            [
                "file": .text(path),
                "settings": .list(
                    values.map { setting, value in
                        [
                            "name": .text(setting.rawValue), "value": value.map { .text($0.text) } ?? .null,
                            "origin": value.map { .text($0.origin.rawValue) } ?? .null,
                        ]
                    }),
            ], table.lines)
    }
}

struct ConfigGet: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Show the value of a setting; exit status 1 where it has none.",
        discussion: """
              vstore config get reader
            """)

    @Argument(
        help: ArgumentHelp("The setting.", valueName: "name"), completion: Setting.completion,
        transform: Setting.argument)
    var setting: Setting

    @OptionGroup var common: ProgramOptions

    mutating func run() throws {
        guard let value = Configuration.current.value(setting) else {
            throw Failure(.refused, "\(setting.rawValue) has no value. Give it one with vstore config set.")
        }
        common.console.output(
            [
                "name": .text(setting.rawValue), "value": .text(value.text), "origin": .text(value.origin.rawValue),
            ], [value.text])
    }
}

/// Can mend a faulty file, so it runs with one.
protocol ConfigurationChanging: ParsableCommand {}

struct ConfigSet: ConfigurationChanging {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Write a setting into the file; its comments and other lines stay.",
        discussion: """
            A file is kept by its whole path. Nothing secret belongs here: passphrase-file names the file alone.

              vstore config set reader 'ACS ACR39U'
              vstore config set colours never
            """)

    @Argument(
        help: ArgumentHelp("The setting.", valueName: "name"), completion: Setting.completion,
        transform: Setting.argument)
    var setting: Setting

    @Argument(help: ArgumentHelp("Its value.", valueName: "value"))
    var value: String

    @OptionGroup var common: ProgramOptions

    mutating func run() throws {
        let kept: String
        do throws(SettingFault) {
            kept = try setting.value(
                value, in: FileManager.default.currentDirectoryPath,
                personal: ProcessInfo.processInfo.environment["HOME"] ?? ".")
        } catch {
            throw Failure(.usage, "\(error.fault). \(error.remedy)")
        }
        try ConfigurationFile.open(changing: setting).write(setting, as: kept)
        if let variable = setting.variable, Configuration.current.value(setting)?.origin == .environment {
            common.console.notice("$\(variable) is set, and comes before the file.")
        }
        common.console.output(
            ["name": .text(setting.rawValue), "value": .text(kept)], ["\(setting.rawValue) = \(kept)"])
    }
}

struct ConfigUnset: ConfigurationChanging {
    static let configuration = CommandConfiguration(
        commandName: "unset", abstract: "Remove a setting from the file.",
        discussion: """
              vstore config unset reader
            """)

    @Argument(
        help: ArgumentHelp("The setting.", valueName: "name"), completion: Setting.completion,
        transform: Setting.argument)
    var setting: Setting

    @OptionGroup var common: ProgramOptions

    mutating func run() throws {
        let file = try ConfigurationFile.open(changing: setting)
        let value = file[setting]
        if value != nil { try file.write(setting, as: nil) }
        common.console.output(
            ["name": .text(setting.rawValue), "removed": .truth(value != nil)],
            [value.map { "\(setting.rawValue) was \($0)." } ?? "\(setting.rawValue) was not set."])
    }
}

extension Setting: ExplainedArgument {
    static let completion = CompletionKind.list(allCases.map(\.rawValue))

    static func fault(in text: String) -> String {
        let names = allCases.map(\.rawValue)
        return MistypedCommand.nearest(to: text, of: names).map { "there is no such setting. Did you mean '\($0)'?" }
            ?? "there is no such setting. There are \(names.joined(separator: ", "))."
    }
}
