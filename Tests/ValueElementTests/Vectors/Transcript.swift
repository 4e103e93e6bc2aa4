import Foundation
import Testing

/// A session of `APDU/vectors`, in the layout of its README.
struct Transcript: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let setup: Setup
    let steps: [Step]
    let final: Cards

    var testDescription: String { name }

    struct Setup: Decodable, Sendable {
        let elements: [Named<ElementJSON>]
        let masters: [Named<MasterJSON>]
        let random: Randomness
    }

    struct Cards: Decodable, Sendable {
        let elements: [Named<ElementJSON>]
        let masters: [Named<MasterJSON>]
    }

    struct Named<Image: Decodable & Sendable>: Decodable, Sendable {
        let name: String
        let image: Image
    }

    struct Randomness: Decodable, Sendable {
        let authority: [String]
        let element: [String]
        let master: [String]
    }

    struct Step: Decodable, Sendable {
        let label: String
        let card: String
        let command: String
        let response: String
        let session: Session?
        let exchange: Exchange?
    }

    struct Session: Decodable, Sendable {
        let key: String
        let purpose: UInt8
        let version: UInt8
        let pid: String
        let eid: String
        let nt: UInt32
        let r1: String
        let s2: String
    }

    struct Exchange: Decodable, Sendable {
        let op: UInt8
        let seq: UInt8
        let c3Plain: String
        let c4Plain: String
    }

    static var folder: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "APDU/vectors")
    }

    private struct Kind: Decodable { let kind: String }

    /// All the files of kind `transcript`.
    static func all() throws -> [Transcript] {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
        let decoder = JSONDecoder()
        return try files.compactMap { file in
            let data = try Data(contentsOf: file)
            guard try decoder.decode(Kind.self, from: data).kind == "transcript" else { return nil }
            return try decoder.decode(Transcript.self, from: data)
        }
    }
}

func bytes(_ hex: String) -> [UInt8] {
    let digits = Array(hex.utf8)
    return stride(from: 0, to: digits.count, by: 2).map {
        UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16)!
    }
}

func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { String(format: "%02X", $0) }.joined()
}
