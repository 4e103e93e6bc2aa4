package import Foundation

/// A folder for one test, removed with this object: keep it as long as its files are needed, or use
/// `withTemporaryFolder`.
package final class TemporaryFolder: Sendable {
    package let url: URL
    package var path: String { url.path }

    /// - Parameter isInMemory: on a file system in memory, where the machine has one: for tests that sync many files.
    package init(isInMemory: Bool = false) throws {
        let memory = "/dev/shm"
        let parent =
            isInMemory && FileManager.default.isWritableFile(atPath: memory)
            ? URL(filePath: memory, directoryHint: .isDirectory) : FileManager.default.temporaryDirectory
        url = parent.appending(path: "valuestore-" + UUID().uuidString, directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        do { try FileManager.default.removeItem(at: url) } catch { print("\(path) is not removed: \(error)") }
    }

    /// The path of a name in it.
    package func path(of name: String) -> String { path + "/" + name }

    /// The names in it, sorted.
    package func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }

    package func write(_ bytes: [UInt8], _ name: String) throws { try Data(bytes).write(to: url.appending(path: name)) }

    package func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: url.appending(path: name))) }

    package func permissions(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path(of: name))[.posixPermissions] as? Int
    }
}

/// Creates a temporary folder, and removes it after `body`.
package func withTemporaryFolder<Value>(_ body: (URL) throws -> Value) throws -> Value {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    return try body(folder.url)
}

/// Creates a temporary folder, and removes it after `body`.
package func withTemporaryFolderAsync<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    return try await body(folder.url)
}

/// The path of a file in a temporary folder of its own. The file does not exist until it is written.
package final class TemporaryFile: Sendable {
    private static let name = "file"
    private let folder: TemporaryFolder
    package var path: String { folder.path(of: Self.name) }

    package init() throws { folder = try TemporaryFolder() }

    package func read() throws -> [UInt8] { try folder.read(Self.name) }
    package func write(_ bytes: some Sequence<UInt8>) throws { try folder.write(Array(bytes), Self.name) }
}
