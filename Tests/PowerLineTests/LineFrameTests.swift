import PowerLine
import TestSupport
import Testing
import ValueProtocol

@Suite("Frames of a line") struct LineFrameTests {
    private let host = PartyID(issuer: 0x00A1_B2C3, kind: .host, number: 1)
    private let meter = PartyID(issuer: 0x00A1_B2C3, kind: .electricMeter, number: 0x77)

    @Test func `a request on the line`() throws {
        let select: [UInt8] = [0x00, 0xA4, 0x04, 0x00, 0x07, 0xF0, 0x56, 0x53, 0x54, 0x4F, 0x52, 0x45, 0x00]
        let frame = LineFrame(.request, from: host, to: meter, connection: 0x7E01_027D, sequence: 3, select)
        let head: [UInt8] = [
            0x7E, 0x01, 0x03, 0x00, 0xA1, 0xB2, 0xC3, 0x30, 0x00, 0x00, 0x01, 0x00, 0xA1, 0xB2, 0xC3, 0x01, 0x00, 0x00,
            0x77, 0x7D, 0x5E, 0x01, 0x02, 0x7D, 0x5D, 0x00, 0x00, 0x00, 0x03,
        ]
        // The check was computed bit by bit in another language, over the content before its escapes.
        #expect(frame.bytes == head + select + Self.checkOfRequest + [0x7E])
        var reader = LineFrameReader()
        #expect(reader.feed(frame.bytes) == [frame])
    }

    private static let checkOfRequest: [UInt8] = [0x0B, 0x8F]

    @Test(arguments: LineFrame.Kind.allCases) func `every frame comes back`(_ kind: LineFrame.Kind) {
        var random = SeededGenerator(seed: UInt64(kind.rawValue))
        var reader = LineFrameReader()
        for count in 0...LineFrame.maxPayloadLength {
            let payload = (0..<count).map { _ in
                let byte = UInt8.random(in: 0...255, using: &random)
                return byte < 80 ? 0x7D + byte % 2 : byte
            }
            let frame = LineFrame(
                kind, from: PartyID(rawValue: random.next()), to: PartyID(rawValue: random.next()),
                connection: .random(in: 0...UInt32.max, using: &random),
                sequence: .random(in: 0...UInt32.max, using: &random), payload)
            #expect(reader.feed(frame.bytes) == [frame])
        }
        #expect(reader.rejected == 0)
    }

    @Test func `whatever came before, a frame after a flag is found`() {
        var random = SeededGenerator(seed: 5)
        for _ in 0..<2000 {
            var reader = LineFrameReader()
            let garbage = (0..<Int.random(in: 0...700, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let frame = LineFrame(.request, from: host, to: meter, connection: 9, sequence: 1, [1, 2, 3])
            #expect(reader.feed(garbage + frame.bytes).last == frame)
        }
    }

    @Test func `one wrong bit, or a piece missing, is no frame`() {
        let frame = LineFrame(.response, from: meter, to: host, connection: 9, sequence: 1, [0x90, 0x00])
        for bit in 8..<(frame.bytes.count - 1) * 8 {
            var bytes = frame.bytes
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            var reader = LineFrameReader()
            #expect(!reader.feed(bytes).contains(frame), "bit \(bit)")
        }
        for cut in 1..<frame.bytes.count - 1 {
            var reader = LineFrameReader()
            #expect(reader.feed(frame.bytes.prefix(cut)).isEmpty)
            // The next frame's opening flag ends the truncated one.
            #expect(reader.feed(frame.bytes) == [frame])
            #expect(reader.rejected == (cut == 1 ? 0 : 1))
        }
    }

    @Test func `an endless stretch without a flag is not kept`() {
        var reader = LineFrameReader()
        #expect(reader.feed([UInt8](repeating: 0x55, count: 1_000_000)).isEmpty)
        let frame = LineFrame(.open, from: host, to: .none, [1, 2, 3, 4, 5, 6, 7, 8])
        #expect(reader.feed(frame.bytes) == [frame])
        #expect(reader.rejected == 1)
    }

    @Test func `other versions and kinds, and more than fits, are no frames`() {
        var content = Array(LineFrame(.open, from: host, to: meter).bytes.dropFirst().dropLast(3))
        for (offset, value) in [(0, 2), (1, 0), (1, 7)] as [(Int, UInt8)] {
            var changed = content
            changed[offset] = value
            let check = FrameCheck.of(changed)
            #expect(LineFrame(content: changed + [UInt8(check & 0xFF), UInt8(check >> 8)]) == nil)
        }
        content += [UInt8](repeating: 0, count: LineFrame.maxPayloadLength + 1)
        let check = FrameCheck.of(content)
        #expect(LineFrame(content: content + [UInt8(check & 0xFF), UInt8(check >> 8)]) == nil)
    }
}
