import Foundation

/// The transcripts of APDU/vectors.
struct Transcript: Decodable, Sendable {
    struct Step: Decodable, Sendable {
        let label: String
        let card: String
        let command: String
        let response: String
    }

    let name: String
    let kind: String
    let steps: [Step]?

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "APDU")

    /// Every file of kind `transcript`.
    static func all() throws -> [Transcript] {
        try FileManager.default.contentsOfDirectory(
            at: folder.appending(path: "vectors"), includingPropertiesForKeys: nil
        )
        .filter { $0.pathExtension == "json" }
        .sorted { $0.lastPathComponent < $1.lastPathComponent }
        .map { try JSONDecoder().decode(Transcript.self, from: Data(contentsOf: $0)) }
        .filter { $0.kind == "transcript" }
    }
}
