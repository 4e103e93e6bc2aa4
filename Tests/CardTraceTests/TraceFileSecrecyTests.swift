import CardTrace
import Foundation
import ISO7816
import TestSupport
import Testing

/// Every flow of the vectors (ceremony, issue, rotation, credit, redemption, usage, tariffs) through every writer: no
/// key, session key, component or PIN is in the output.
@Suite struct TraceFileSecrecyTests {
    /// Members of the vectors whose values are secret, anywhere in the tree.
    private static let secretMembers: Set<String> = [
        "key", "encA", "macA", "encE", "macE", "newKey", "component", "master",
    ]

    private static func secrets(in value: Any, member: String? = nil) -> Set<[UInt8]> {
        if let object = value as? [String: Any] {
            return object.reduce(into: []) {
                // The vectors' fixed random numbers are transmitted in plain.
                if $1.key != "random" { $0.formUnion(secrets(in: $1.value, member: $1.key)) }
            }
        }
        if let list = value as? [Any] {
            return list.reduce(into: []) { $0.formUnion(secrets(in: $1, member: member)) }
        }
        guard let member, secretMembers.contains(member), let text = value as? String, let known = hexBytes(text),
            known.count == 16
        else { return [] }
        return [known]
    }

    @Test func `no secret of any flow is in any form`() throws {
        var secrets: Set<[UInt8]> = []
        let folder = APDUTranscript.folder.appending(path: "vectors")
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        where file.pathExtension == "json" {
            secrets.formUnion(Self.secrets(in: try JSONSerialization.jsonObject(with: Data(contentsOf: file))))
        }
        var pins: Set<[UInt8]> = []
        var records: [TraceRecord] = []
        for transcript in try APDUTranscript.all() {
            for step in transcript.steps ?? [] {
                let command = hex(step.command)
                if command[1] == 0x20 { pins.insert(Array(command[5...])) }
                if command[1] == 0xD8, command.count >= 26 { secrets.insert(Array(command[7..<23])) }
                records.append(
                    .exchange(
                        TraceEvent(
                            time: 0, reader: "\(transcript.name) \(step.card)", command: command,
                            outcome: .success(try ResponseAPDU(hex(step.response))), duration: .zero)))
            }
        }
        #expect(secrets.count > 60 && pins.count >= 2 && records.count > 150)
        let dictionary = try APDUDictionary()
        for format in TraceFormat.allCases {
            for style in format == .text ? [TraceText.Style.plain, .coloured] : [.plain] {
                var writer = TraceWriter(format, dictionary, style: style)
                let file = records.reduce(writer.start()) { $0 + writer.write($1) }
                let search = SecretSearch(file)
                for secret in secrets { #expect(!search.finds(secret), "\(format)") }
                // A PIN is short and its digits alone may occur anywhere, so the search is for its form in the command.
                for pin in pins where pin.count >= 5 { #expect(!search.finds(pin), "\(format)") }
                // The search itself works.
                let planted = try #require(secrets.first)
                for text in SecretSearch.spellings(planted) {
                    #expect(SecretSearch(file + text).finds(planted), "\(String(decoding: text, as: UTF8.self))")
                }
            }
        }
    }
}

/// Searches for bytes in a file in every encoding: raw, hexadecimal in either case with blanks, colons or nothing in
/// between, base64.
struct SecretSearch {
    private let raw: Data
    private let squeezed: Data

    init(_ file: [UInt8]) {
        raw = Data(file)
        // Without blanks, colons, commas and dashes, in upper case.
        var left: [UInt8] = []
        left.reserveCapacity(file.count)
        for byte in file {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x2C, 0x2D, 0x3A: break
            case 0x61...0x66: left.append(byte - 0x20)
            default: left.append(byte)
            }
        }
        squeezed = Data(left)
    }

    func finds(_ secret: [UInt8]) -> Bool {
        if raw.range(of: Data(secret)) != nil { return true }
        let digits = secret.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
        if squeezed.range(of: Data(digits.utf8)) != nil { return true }
        // base64 has three alignments; the search is for whole groups of four of each.
        return (0..<3).contains { shift in
            let whole = secret.dropFirst(shift)
            let text = Data(whole.prefix(whole.count / 3 * 3)).base64EncodedString()
            return text.count >= 8 && raw.range(of: Data(text.utf8)) != nil
        }
    }

    static func spellings(_ secret: [UInt8]) -> [[UInt8]] {
        let digits = secret.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return [
            secret, Array(digits.joined().utf8), Array(digits.joined(separator: ":").uppercased().utf8),
            Array(digits.joined(separator: " ").utf8), Array(Data(secret).base64EncodedString().utf8),
            Array(Data([1] + secret).base64EncodedString().utf8),
        ]
    }
}
