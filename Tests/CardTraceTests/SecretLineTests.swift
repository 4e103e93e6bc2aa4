import ISO7816
import TestSupport
import Testing

@testable import CardTrace

/// Lines that a message quotes, without what is secret in them.
@Suite struct SecretLineTests {
    @Test func `what carries no secret is shown`() {
        #expect(SecretCommands.shown("00 A4 00 0C 0Z") == "00 A4 00 0C 0Z")
        #expect(SecretCommands.shown("sent 00 20 00 01 04 31 32 33 34") == "sent 00 20 00 01 ••")
    }

    /// An AID of text has the tag of track 1 in it, and no card number.
    @Test func `track 1 is told from text`() {
        #expect(SecretCommands.shown("> 00A4040007F05653544F524500") == "> 00A4040007F05653544F524500")
        #expect(SecretCommands.shown("70 56 12 42 34 37 36 31 37 33 39") == "70 56 ••")
    }

    // MARK: Work

    /// Twice the line is twice the work, whatever the bytes are separated by.
    @Test(arguments: [" ", "", ", ", ":", "Z "]) func `the search for secrets is linear`(separator: String) {
        for word in ["00", "0x00", "A", "0x"] {
            var counts: [Int] = []
            for size in [5000, 10_000] {
                var steps = 0
                let line = Array(repeating: word, count: size).joined(separator: separator)
                _ = SecretCommands.shown(line + " Z", steps: &steps)
                #expect(steps <= 3 * line.utf8.count + 10)
                counts.append(steps)
            }
            #expect(counts[1] <= 2 * counts[0] + 10)
        }
    }

    @Test func `what was masked before is masked the same way`() {
        var random = SeededGenerator(seed: 4)
        let header: [UInt8] = [0x00, 0x20, 0x24, 0x80, 0xD8, 0xDB, 0xFF, 0x00, 0xE2, 0x3F, 0x5C]
        for _ in 0..<2000 {
            let bytes: [UInt8] = (0..<Int.random(in: 6...30, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? header.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
            }
            let text = bytes.hexadecimal(separator: " ")
            let first = bytes.indices.first { !SecretCommands.secretRanges(of: Array(bytes[$0...])).isEmpty }
            let shown = SecretCommands.shown(text)
            guard let first else {
                let isNumber = SecretCommands.hasCardNumber(bytes)
                #expect(shown == (isNumber ? bytes[..<2].hexadecimal(separator: " ") + " ••" : text))
                continue
            }
            let visible = bytes[..<min(first + 4, bytes.count)].hexadecimal(separator: " ")
            #expect(shown == visible + " ••")
        }
    }
}
