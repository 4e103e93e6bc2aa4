import ArgumentParser

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What every command takes.
struct ProgramOptions: ParsableArguments {
    @Flag(name: .long, help: "Show each APDU on standard error, decoded: name, fields, status, time.")
    var trace = false

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
    var place: Home {
        let environment = ProcessInfo.processInfo.environment
        if let home { return Home(path: home) }
        if let home = environment["VSTORE_HOME"], !home.isEmpty { return Home(path: home) }
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return Home(path: data + "/vstore") }
        return Home(path: (environment["HOME"] ?? ".") + "/.local/share/vstore")
    }

    /// Shows APDUs where that is asked for.
    func tracer() throws -> Tracer? { trace ? try Tracer(json: json) : nil }
}
