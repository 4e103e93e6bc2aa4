import Foundation

/// The package's documents, where they are in the source tree.
enum DocumentationFiles {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// README and the documents in docs.
    static let documents = ["README.md"] + paths(under: "docs") { $0.hasSuffix(".md") }

    /// The sorted files below a folder whose path from the package's folder matches.
    static func paths(under folder: String, where fits: (String) -> Bool) -> [String] {
        let found = FileManager.default.enumerator(atPath: root.appending(path: folder).path)?.allObjects ?? []
        return found.compactMap { $0 as? String }.map { "\(folder)/\($0)" }.filter(fits).sorted()
    }

    static func text(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }
}
