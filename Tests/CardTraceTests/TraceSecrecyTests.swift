import CardTrace
import Foundation
import ISO7816
import TestSupport
import Testing

@Suite struct TraceSecrecyTests {
    static let pin: [UInt8] = Array("83650917".utf8)
    static let key: [UInt8] = [
        0xC7, 0x1D, 0x5E, 0xA9, 0x33, 0x84, 0xF6, 0x2B, 0x90, 0x4C, 0xE8, 0x75, 0x1A, 0xBD, 0x62, 0xDF,
    ]
    static let selects = [
        "", "00A4040007F05653544F524500", "00A4040007F056534D4B455900", "00A4040008A00000015100000000",
        "00A4040009A00000030800001000", "00A4040006D2760001240100",
    ]

    /// Bodies with a secret, for every class, every length encoding and any selection.
    static func commands() -> [[UInt8]] {
        var commands: [[UInt8]] = []
        for cla: UInt8 in [0x00, 0x01, 0x0C, 0x10, 0x40, 0x80, 0x84, 0x8C, 0xC0, 0xFF] {
            for ins: UInt8 in [0x20, 0x21, 0x24, 0x25, 0x26, 0x28, 0x2C, 0x2D, 0x48, 0xC2, 0xC3] {
                for secret in [pin, pin + [0xFF] + pin, [0xFF] + pin, key] {
                    let count = UInt8(secret.count)
                    let header = [cla, ins, 0x00, 0x01]
                    commands.append(header + [count] + secret)
                    commands.append(header + [count] + secret + [0x00])
                    commands.append(header + [0x00, 0x00, count] + secret)
                    commands.append(header + [0x00, 0x00, count] + secret + [0x00, 0x00])
                    // Wrong lengths
                    commands.append(header + [count + 1] + secret)
                    commands.append(header + secret)
                    commands.append(header + [0x00] + secret)
                }
            }
        }
        for cla: UInt8 in [0x80, 0x81, 0x84, 0x90, 0xC0] {
            for ins: UInt8 in [0xD8, 0xD9] {
                let header = [cla, ins, 0x01, 0x01]
                for body in [
                    [0x01, 0x02] + key + [0x11, 0x22, 0x33],
                    [0x03, 0x02] + key + [0x11, 0x22, 0x33],
                    [0x30, 0x88, 0x10] + key + [0x03, 0x11, 0x22, 0x33],
                    [0x30, 0x88, 0x11, 0x10] + key + [0x00],
                    key,
                ] {
                    commands.append(header + [UInt8(body.count)] + body)
                    commands.append(header + [UInt8(body.count)] + body + [0x00])
                    commands.append(header + [0x00, 0x00, UInt8(body.count)] + body)
                    commands.append(header + [UInt8(body.count) &+ 9] + body)
                }
            }
        }
        commands.append([0xFF, 0x82, 0x20, 0x00, 0x10] + key)
        commands.append([0xFF, 0x00, 0x00, 0x00, 0x0F, 0xD4, 0x40, 0x01, 0x60, 0x04] + key.prefix(6) + [1, 2, 3, 4])
        // Keys for applications whose selection may be missing from the trace, on any channel and in parts.
        for cla: UInt8 in [0x00, 0x01, 0x10, 0x0C, 0x41] {
            for (header, before): ([UInt8], [UInt8]) in [
                ([0xDB, 0x3F, 0xFF], [0x4D, 0x16, 0xB6, 0x00, 0x5F, 0x48, 0x10]), ([0xDB, 0x3F, 0xFF], []),
                ([0xDA, 0x00, 0xD3], []), ([0xDA, 0x00, 0xD5], []), ([0xFF, 0xFF, 0xFF], [0x03, 0x9B, 0x10]),
                ([0xFE, 0x07, 0x9A], [0x01, 0x10]),
            ] { commands.append([cla] + header + [UInt8(before.count + 16)] + before + key) }
        }
        for cla: UInt8 in [0x80, 0x84, 0xC0] { commands.append([cla, 0xE2, 0x80, 0x00, 0x10] + key) }
        return commands
    }

    /// Any 3 consecutive bytes of a secret that occur in `text`, in hexadecimal or as characters.
    static func leak(_ secret: [UInt8], into text: String) -> String? {
        let squeezed = Data(text.utf8.filter { $0 != UInt8(ascii: " ") })
        for start in 0...(secret.count - 3) {
            let part = secret[start..<(start + 3)]
            let digits = part.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
            if squeezed.range(of: Data(digits.utf8)) != nil { return digits }
            if squeezed.range(of: Data(part)) != nil { return String(decoding: part, as: UTF8.self) }
        }
        return nil
    }

    /// Every command where nothing is selected; after a selection all if the environment has `VALUESTORE_CAMPAIGN`,
    /// otherwise every third: all classes, instructions and lengths occur.
    private static func commands(selected: String) -> [[UInt8]] {
        let all = commands()
        if selected.isEmpty || ProcessInfo.processInfo.environment["VALUESTORE_CAMPAIGN"] != nil { return all }
        return stride(from: 0, to: all.count, by: 3).map { all[$0] }
    }

    @Test(arguments: selects)
    func `no PIN and no key is ever shown`(select: String) throws {
        let dictionary = try APDUDictionary()
        var all: [String] = []
        for command in Self.commands(selected: select) {
            var decoder = TraceDecoder(dictionary)
            if !select.isEmpty { _ = decoder.decode(try TraceDecodingTests.event(select, "9000")) }
            let event = TraceEvent(
                time: 0, reader: "R", command: command, outcome: .success(ResponseAPDU(status: .triesLeft(2))),
                duration: .zero)
            let decoded = decoder.decode(event)
            let lines = TraceText().lines(for: decoded)
            #expect(lines[0].contains("••"), "\(command)")
            all += lines + [TraceText(style: .coloured).lines(for: decoded)[0], TraceJSON().line(for: decoded)]
        }
        let text = all.joined(separator: "\n")
        #expect(Self.leak(Self.pin, into: text) == nil)
        #expect(Self.leak(Self.key, into: text) == nil)
        // The search itself works.
        let end = all.suffix(3).joined()
        #expect(Self.leak(Self.key, into: end + "A9 33 84") == "A93384")
        #expect(Self.leak(Self.pin, into: end + "pin=365") == "365")
    }

    @Test func `the secrets of the vectors are not shown`() throws {
        let dictionary = try APDUDictionary()
        var hidden = 0
        for transcript in try APDUTranscript.all() {
            var decoders: [String: TraceDecoder] = [:]
            for step in transcript.steps ?? [] {
                let command = hex(step.command)
                let event = TraceEvent(
                    time: 0, reader: "R", command: command,
                    outcome: .success(try ResponseAPDU(hex(step.response))), duration: .zero)
                let decoded = decoders[step.card, default: TraceDecoder(dictionary)].decode(event)
                let secret: [UInt8]
                switch command[1] {
                case 0x20: secret = Array(command[5...])
                case 0xD8: secret = Array(command[7..<23])
                default: continue
                }
                hidden += 1
                for text in TraceText().lines(for: decoded) + [TraceJSON().line(for: decoded)] {
                    #expect(Self.leak(secret, into: text) == nil, "\(step.label)")
                }
            }
        }
        #expect(hidden >= 8)
    }

    @Test func `a component shows what is not secret of it`() throws {
        var decoder = TraceDecoder(try APDUDictionary())
        _ = decoder.decode(try TraceDecodingTests.event("00A4040007F056534D4B455900", "9000"))
        let body = [0x01, 0x02] + Self.key + [0x11, 0x22, 0x33]
        let event = TraceEvent(
            time: 0, reader: "R", command: [0x80, 0xD8, 0x05, 0x01, 0x15] + body + [0x00],
            outcome: .success(try ResponseAPDU([0x11, 0x22, 0x33, 0x90, 0x00])), duration: .zero)
        #expect(
            TraceText().lines(for: decoder.decode(event)) == [
                "> 80 D8 05 01 15 01 02 " + String(repeating: "•• ", count: 16) + "11 22 33 00"
                    + "  LOAD COMPONENT TRANSFER v1  component=1 of=2 bytes=•• KCV=112233",
                "< 11 22 33 9000  done  KCV=112233  0.00 ms",
            ])
    }

    @Test func `what a dictionary marks is hidden in answers and in parts of them`() throws {
        let number = "4761739001010119"
        let secret = hex(number)
        func texts(_ exchanges: [(String, String)]) throws -> [String] {
            var decoder = TraceDecoder(try APDUDictionary())
            return try exchanges.flatMap { command, response in
                let decoded = decoder.decode(try TraceDecodingTests.event(command, response))
                return TraceText().lines(for: decoded) + [TraceJSON().line(for: decoded)]
            }
        }
        let select = ("00A4040007A0000000031010", "9000")
        for exchanges in [
            [select, ("00B2010C00", "700A5A08\(number)9000")],
            [select, ("00B2010C00", "610C"), ("00C000000C", "700A5A08\(number)9000")],
            [select, ("00B2010C00", "700A5A0847617390\("6108")"), ("00C0000008", "010101199000")],
            [select, ("00B2010C00", "700B5A08\(number)9000")],
        ] {
            for text in try texts(exchanges) { #expect(Self.leak(secret, into: text) == nil, "\(text)") }
        }
    }
}
