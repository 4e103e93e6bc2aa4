package import Foundation

/// The transcripts of APDU/vectors.
package struct APDUTranscript: Decodable, Sendable {
    package struct Step: Decodable, Sendable {
        package let label: String
        package let card: String
        package let command: String
        package let response: String
    }

    package let name: String
    package let kind: String
    package let steps: [Step]?

    package static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "APDU")

    /// Every file of kind `transcript`.
    package static func all() throws -> [APDUTranscript] {
        try FileManager.default.contentsOfDirectory(
            at: folder.appending(path: "vectors"), includingPropertiesForKeys: nil
        )
        .filter { $0.pathExtension == "json" }
        .sorted { $0.lastPathComponent < $1.lastPathComponent }
        .map { try JSONDecoder().decode(APDUTranscript.self, from: Data(contentsOf: $0)) }
        .filter { $0.kind == "transcript" }
    }
}
