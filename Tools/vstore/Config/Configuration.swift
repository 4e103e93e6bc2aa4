import HeadEnd

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the person has settled once and for all: the configuration file, and the environment before it.
struct Configuration: Sendable {
    /// Where a value comes from.
    enum Origin: String {
        case environment
        case file
    }

    /// Of this process; empty where the file has a fault.
    static let current: Configuration = loaded.configuration
    /// What is wrong with the file.
    static let fault: Failure? = loaded.fault

    private static let loaded: (configuration: Configuration, fault: Failure?) = {
        let environment = ProcessInfo.processInfo.environment
        do {
            return (try Configuration(environment), nil)
        } catch {
            let fault = error as? Failure ?? Failure(.ownFault, "\(error)")
            return (Configuration(environment, file: [:]), fault)
        }
    }()

    private let file: [Setting: String]
    private let environment: [String: String]

    private init(_ environment: [String: String], file: [Setting: String]) {
        self.environment = environment
        self.file = file
    }

    private init(_ environment: [String: String]) throws {
        let file = try ConfigurationFile.open(environment)
        let values = Setting.allCases.compactMap { setting in file[setting].map { (setting, $0) } }
        self.init(environment, file: Dictionary(uniqueKeysWithValues: values))
    }

    /// The value of a setting, and where it comes from; nil where it has none.
    func value(_ setting: Setting) -> (text: String, origin: Origin)? {
        if let variable = setting.variable, let text = environment[variable], !text.isEmpty {
            return (text, .environment)
        }
        return file[setting].map { ($0, .file) }
    }

    subscript(setting: Setting) -> String? { value(setting)?.text }
}

extension ConfigurationFile {
    /// The path of the file: `$VSTORE_CONFIG`, else in `$XDG_CONFIG_HOME` or `~/.config`.
    static func path(_ environment: [String: String]) -> String {
        if let file = environment["VSTORE_CONFIG"], !file.isEmpty { return file }
        if let folder = environment["XDG_CONFIG_HOME"], folder.hasPrefix("/") { return folder + "/vstore/config" }
        return (environment["HOME"] ?? ".") + "/.config/vstore/config"
    }

    /// Reads the file; one that does not exist holds nothing.
    ///
    /// - Parameters:
    ///   - environment: of the process.
    ///   - setting: what is about to be changed.
    /// - Throws: `Failure` where it cannot be read, or a line of it is wrong.
    static func open(
        _ environment: [String: String] = ProcessInfo.processInfo.environment, changing setting: Setting? = nil
    ) throws -> ConfigurationFile {
        let path = path(environment)
        let text = fileExists(path) ? try TextFile.read(path) : ""
        return try ConfigurationFile(text, path: path, personal: environment["HOME"] ?? ".", changing: setting)
    }

    /// Replaces the file with one in which a setting is changed.
    ///
    /// - Parameter value: nil to remove it.
    /// - Throws: `Failure`, `HostError`.
    func write(_ setting: Setting, as value: String?) throws {
        if let end = path.lastIndex(of: "/") { try HostFolder.create(String(path[..<end])) }
        try TextFile.write(text(with: setting, as: value), to: path, option: "VSTORE_CONFIG")
    }
}
