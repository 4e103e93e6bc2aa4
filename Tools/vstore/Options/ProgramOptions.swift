import ArgumentParser
import CardTrace

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The options of every command.
struct ProgramOptions: ParsableArguments {
    @Flag(name: .long, help: "Show each APDU on standard error, decoded: name, fields, status, time.")
    var trace = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Write each APDU to a file, decoded.",
            discussion: "What --trace-format says, else by its name: .pcapng for Wireshark, .txt, or JSON lines.",
            valueName: "file"), completion: .file())
    var traceFile: String?

    @Option(
        name: .long,
        help: ArgumentHelp("The form of the trace file: text, json, pcapng or gsmtap.", valueName: "form"),
        completion: .list(TraceFormat.allCases.map(\.rawValue)), transform: TraceFormat.argument)
    var traceFormat: TraceFormat?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Your own dictionary with names for traces, used before the built-in ones; may be repeated.",
            valueName: "file"), completion: .file())
    var dictionary: [String] = []

    @Flag(name: .long, help: "Give results as JSON, and errors as JSON on standard error.")
    var json = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where records, keys and cards are kept.",
            discussion: "$VSTORE_HOME where that is set, else ~/.local/share/vstore.", valueName: "dir"),
        completion: .directory)
    var home: String?

    var console: Console { Console(isJSON: json) }

    /// The folder that holds the host's files.
    var homeFolder: Home {
        let environment = ProcessInfo.processInfo.environment
        if let home { return Home(path: home) }
        if let home = environment["VSTORE_HOME"], !home.isEmpty { return Home(path: home) }
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return Home(path: data + "/vstore") }
        return Home(path: (environment["HOME"] ?? ".") + "/.local/share/vstore")
    }

    /// Shows APDUs, or writes them to a file, on request.
    ///
    /// - Parameters:
    ///   - always: whether they are shown in any case.
    ///   - secrets: whether PINs and keys are masked in them; a warning says where they are not.
    func tracer(always: Bool = false, secrets: SecretPolicy = .hidden) throws -> Tracer? {
        guard trace || always || traceFile != nil else { return nil }
        console.warn(of: secrets)
        let words = try words()
        let file = try traceFile.map { try TraceFile.open($0, traceFormat ?? TraceFormat(path: $0), words, secrets) }
        return Tracer(words, shows: trace || always, json: json, file: file, secrets: secrets)
    }

    /// The dictionary, with those of the user.
    func words() throws -> APDUDictionary {
        var words = try APDUDictionary()
        for file in dictionary { try words.add(contentsOfFile: file) }
        return words
    }
}

/// Whether a command that traces any card shows secrets. Commands with cards of value do not have it.
struct SecretOptions: ParsableArguments {
    @Flag(
        name: .long,
        help: "Show PINs and keys in the trace instead of masking them. For test cards only: a file keeps them.")
    var showSecrets = false

    var policy: SecretPolicy { showSecrets ? .shown : .hidden }
}

extension Console {
    /// Warns on standard error where secrets are shown; in JSON as a note, which readers of traces pass over.
    func warn(of secrets: SecretPolicy) {
        guard secrets == .shown else { return }
        let text = "PINs and keys are shown in this trace (--show-secrets). Use test cards only, and guard its files."
        if isJSON {
            let note: JSONValue = ["note": "secrets-shown", "text": .text(text)]
            Console.complain("\(note)")
        } else {
            Console.complain("Warning: \(text)")
        }
    }
}

extension TraceFormat {
    /// Takes a form from the command line.
    static func argument(_ text: String) throws -> TraceFormat {
        guard let format = TraceFormat(rawValue: text) else {
            throw ValidationError("'\(text)' is not a trace format. Write text, json, pcapng or gsmtap.")
        }
        return format
    }
}
