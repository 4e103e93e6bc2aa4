import CardTrace
import Foundation
import ISO7816

/// A capture of any number of APDUs: the exchanges of the vectors (key ceremony, issue, credit, redemption, key
/// rotation, refusals), again and again.
enum Capture {
    private struct Transcript: Decodable {
        struct Step: Decodable {
            let card: String
            let command: String
            let response: String
        }
        let name: String
        let steps: [Step]?
    }

    /// - Parameters:
    ///   - count: commands and answers together.
    ///   - vectors: the folder.
    ///   - path: the file.
    static func write(_ count: Int, from vectors: String, to path: String) throws {
        let exchanges = try exchanges(of: vectors)
        guard !exchanges.isEmpty, FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw Wrong(what: "\(vectors) has no exchanges, or \(path) cannot be written") }
        var writer = TraceWriter(.pcapng, try APDUDictionary())
        var bytes = writer.start()
        for number in 0..<count / 2 {
            let (reader, command, response) = exchanges[number % exchanges.count]
            bytes += writer.write(
                .exchange(
                    TraceEvent(
                        time: 1_767_225_600_000_000 + Int64(number) * 1500, reader: reader, command: command,
                        outcome: .success(response), duration: .microseconds(1200))))
            if bytes.count > 1 << 20 {
                try file.write(contentsOf: bytes)
                bytes.removeAll(keepingCapacity: true)
            }
        }
        try file.write(contentsOf: bytes)
        try file.close()
    }

    private static func exchanges(of folder: String) throws -> [(String, [UInt8], ResponseAPDU)] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".json") }
        return try names.sorted().flatMap { name in
            let transcript = try JSONDecoder().decode(
                Transcript.self, from: Data(contentsOf: URL(filePath: folder + "/" + name)))
            return try (transcript.steps ?? []).map { step in
                ("\(transcript.name) \(step.card)", try bytes(step.command), try ResponseAPDU(bytes(step.response)))
            }
        }
    }

    private static func bytes(_ digits: String) throws -> [UInt8] {
        let units = Array(digits.utf8)
        return try stride(from: 0, to: units.count, by: 2).map { offset in
            guard offset + 1 < units.count,
                let byte = UInt8(String(decoding: units[offset...offset + 1], as: UTF8.self), radix: 16)
            else { throw Wrong(what: "\(digits) are not hexadecimal digits") }
            return byte
        }
    }
}
