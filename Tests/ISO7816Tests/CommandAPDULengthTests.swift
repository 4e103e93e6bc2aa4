import ISO7816
import TestSupport
import Testing

/// Commands at and around every limit of their length fields, and every short byte string.
@Suite struct CommandAPDULengthTests {
    static let dataLengths = [0, 1, 2, 254, 255, 256, 257, 65_534, 65_535]
    static let expectedLengths: [Int?] = [nil, 1, 2, 255, 256, 257, 65_535, 65_536]

    @Test(arguments: dataLengths, expectedLengths)
    func `lengths around every border build and parse`(dataCount: Int, expected: Int?) throws {
        let data = (0..<dataCount).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
        for extended in [false, true] {
            let command = try CommandAPDU(
                cla: 0x80, ins: 0x52, p1: 1, p2: 2, data: data, expectedLength: expected, extended: extended)
            let isLong =
                (extended || dataCount > 255 || (expected ?? 0) > 256) && (dataCount > 0 || expected != nil)
            #expect(command.form.isExtended == isLong)
            let parsed = try CommandAPDU(command.bytes)
            #expect(parsed.form == command.form)
            #expect(parsed.data.elementsEqual(data))
            #expect(parsed.expectedLength == expected)
            #expect([parsed.cla, parsed.ins, parsed.p1, parsed.p2] == [0x80, 0x52, 1, 2])

            let written = try [UInt8](capacity: command.bytes.count) { (room) throws(APDUError) in
                try room.appendCommand(
                    cla: 0x80, ins: 0x52, p1: 1, p2: 2, data: data.span, expectedLength: expected, extended: extended)
            }
            #expect(written == command.bytes)
            let small = [UInt8](capacity: command.bytes.count - 1) { room in
                #expect(throws: APDUError(.bufferTooSmall, count: command.bytes.count)) {
                    try room.appendCommand(
                        cla: 0x80, ins: 0x52, p1: 1, p2: 2, data: data.span, expectedLength: expected,
                        extended: extended)
                }
            }
            #expect(small.isEmpty)
        }
    }

    @Test func `lengths beyond every border are refused`() {
        let tooLong = [UInt8](repeating: 0, count: 65_536)
        #expect(throws: APDUError(.dataTooLong, count: 65_536)) {
            try CommandAPDU(cla: 0, ins: 0, p1: 0, p2: 0, data: tooLong)
        }
        for expected in [Int.min, -1, 0, 65_537, Int.max] {
            #expect(throws: APDUError(.expectedLengthOutOfRange, count: expected)) {
                try CommandAPDU(cla: 0, ins: 0, p1: 0, p2: 0, expectedLength: expected)
            }
        }
    }

    /// Every string of 0 to 8 bytes whose last four are taken from an alphabet of lengths: it parses and builds back to
    /// itself, or it is refused; the view agrees.
    @Test func `every short string builds back or is refused`() throws {
        let alphabet: [UInt8] = [0, 1, 2, 3, 4, 0x80, 0xFF]
        var taken = 0
        var refused = 0
        for count in 0...8 {
            let free = max(0, count - 4)
            var strings: [[UInt8]] = [[]]
            for _ in 0..<free { strings = strings.flatMap { string in alphabet.map { string + [$0] } } }
            for tail in strings {
                let bytes = [UInt8]([0x80, 0xCA, 0x9F, 0x7F][..<min(count, 4)]) + tail
                if try buildsBack(bytes) { taken += 1 } else { refused += 1 }
            }
        }
        // Four bytes are case 1; five are always case 2; the others follow from ISO/IEC 7816-3, 12.1.3.
        #expect(taken == expectedCount(alphabet))
        #expect(taken + refused == 4 + 1 + 7 + 49 + 343 + 2401)
    }

    /// How many such strings are commands, computed from the layouts, not by parsing.
    private func expectedCount(_ alphabet: [UInt8]) -> Int {
        let letters = alphabet.count
        func power(_ exponent: Int) -> Int { (0..<exponent).reduce(1) { product, _ in product * letters } }
        var sum = 1 + letters
        for tail in 2...4 {
            for lc in alphabet where lc != 0 && (Int(lc) == tail - 1 || Int(lc) == tail - 2) { sum += power(tail - 1) }
        }
        // 00 and a length of two bytes: alone it is case 2 extended; 00 0001 and one byte is case 3 extended.
        return sum + power(2) + letters
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func `mutated commands build back or are refused`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let lengths = [0, 1, 5, 255, 256, 300]
        for _ in 0..<50 {
            var bytes = try CommandAPDU(
                cla: 0, ins: 0xA4, p1: 4, p2: 0, data: generator.bytes(lengths.randomElement(using: &generator)!),
                expectedLength: [nil, 1, 256, 65_536].randomElement(using: &generator)!,
                extended: Bool.random(using: &generator)
            ).bytes
            _ = try buildsBack(bytes)
            let offset = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[offset] = UInt8.random(in: 0...255, using: &generator)
            _ = try buildsBack(bytes)
            bytes.removeLast(Int.random(in: 0...bytes.count, using: &generator))
            _ = try buildsBack(bytes)
        }
    }

    /// Whether `bytes` are a command; where they are, command and view agree and both build back to the same bytes.
    private func buildsBack(_ bytes: [UInt8]) throws -> Bool {
        let command: CommandAPDU
        do throws(APDUError) {
            command = try CommandAPDU(bytes)
        } catch {
            #expect(throws: error) { _ = try CommandAPDUView(bytes.span).cla }
            return false
        }
        let again = try CommandAPDU(
            cla: command.cla, ins: command.ins, p1: command.p1, p2: command.p2, data: command.data,
            expectedLength: command.expectedLength, extended: command.form.isExtended)
        #expect(again.bytes == bytes)
        let view = try CommandAPDUView(bytes.span)
        #expect(CommandAPDU(view) == command)
        let header = [view.cla, view.ins, view.p1, view.p2]
        #expect(header == [command.cla, command.ins, command.p1, command.p2])
        let sameData =
            view.data.count == command.data.count
            && view.data.indices.allSatisfy { index in
                view.data[index] == command.data[command.data.startIndex + index]
            }
        #expect(sameData)
        let (form, expected) = (view.form, view.expectedLength)
        #expect(form == command.form)
        #expect(expected == command.expectedLength)
        return true
    }
}
