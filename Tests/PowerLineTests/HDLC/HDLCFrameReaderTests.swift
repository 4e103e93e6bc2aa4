import Foundation
import PowerLine
import TestSupport
import Testing

@Suite("Reading HDLC") struct HDLCFrameReaderTests {
    @Test func `however the bytes are cut, the frames and counts are the same`() {
        for seed in 1...60 as ClosedRange<UInt64> {
            var random = SeededGenerator(seed: seed)
            let stream = Self.stream(using: &random)
            var (whole, pieces) = (HDLCFrameReader(), HDLCFrameReader())
            let expected = whole.feed(stream)
            var found: [HDLCFrame] = []
            var rest = stream[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...40, using: &random)
                found += pieces.feed(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(found == expected)
            #expect(pieces.droppedBytes == whole.droppedBytes && pieces.failedFrames == whole.failedFrames)
        }
    }

    /// Frames, some with a flag shared, and noise with many flags and false headers.
    private static func stream(using random: inout SeededGenerator) -> [UInt8] {
        var stream: [UInt8] = []
        for _ in 0..<30 {
            switch Int.random(in: 0...3, using: &random) {
            case 0: stream += noise(Int.random(in: 0...60, using: &random), using: &random)
            case 1:
                stream += HDLCFrame.bytes(
                    of: (0..<3).map { _ in .random(Int.random(in: 0...20, using: &random), using: &random) })
            default: stream += HDLCFrame.random(Int.random(in: 0...99, using: &random), using: &random).bytes
            }
        }
        return stream
    }

    private static func noise(_ count: Int, using random: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in
            switch UInt8.random(in: 0...9, using: &random) {
            case 0: 0x7E
            case 1: UInt8.random(in: 0xA0...0xA8, using: &random)
            case 2, 3: UInt8.random(in: 0...40, using: &random) | 1
            default: UInt8.random(in: 0...255, using: &random)
            }
        }
    }

    @Test func `a flag ends one frame and begins the next`() {
        var random = SeededGenerator(seed: 7)
        let frames = (0..<5).map { _ in HDLCFrame.random(Int.random(in: 0...9, using: &random), using: &random) }
        let bytes = HDLCFrame.bytes(of: frames)
        #expect(bytes.count == frames.reduce(1) { $0 + $1.length + 1 })
        var reader = HDLCFrameReader()
        #expect(reader.feed(bytes + [0x7E, 0x7E] + bytes) == frames + frames)
        #expect(reader.droppedBytes == 0 && reader.failedFrames == 0)
    }

    /// Whatever noise came before, no more good bytes are held back than the longest frame that is waited for.
    @Test func `after noise it is in step within 300 bytes`() throws {
        var random = SeededGenerator(seed: 8)
        for round in 0..<400 {
            var reader = HDLCFrameReader(maxInformationLength: 257)
            _ = reader.feed(Self.noise(Int.random(in: 0...400, using: &random), using: &random))
            // At worst it ends in a header with a good check that announces the longest frame.
            if round % 2 == 0 {
                let long = HDLCFrame.random(257, using: &random).bytes
                _ = reader.feed(Array(long.prefix(13)))
            }
            let frames = (0..<60).map { _ in HDLCFrame.random(Int.random(in: 0...30, using: &random), using: &random) }
            var (fed, found) = (0, 0)
            var late = 0
            for frame in frames {
                for byte in frame.bytes {
                    fed += 1
                    found += reader.feed([byte]).count { frames.contains($0) }
                }
                late = max(late, found < frames.firstIndex(of: frame)! + 1 ? fed : 0)
            }
            #expect(found == frames.count, "no good frame is lost")
            #expect(late <= 300)
        }
    }

    @Test func `a header is refused as soon as its check is there`() {
        var random = SeededGenerator(seed: 9)
        let long = HDLCFrame.random(200, using: &random)
        var bytes = long.bytes
        bytes[8] ^= 1
        bytes.removeLast(bytes.count - 13)
        let good = HDLCFrame.random(0, using: &random)
        var reader = HDLCFrameReader()
        #expect(reader.feed(bytes + good.bytes) == [good])
        #expect(reader.failedFrames >= 1)
        #expect(reader.droppedBytes == 13)
    }

    @Test func `a frame hidden behind a false beginning is found when silence falls`() {
        var random = SeededGenerator(seed: 10)
        let beginning = Array(HDLCFrame.random(257, using: &random).bytes.prefix(13))
        let good = HDLCFrame.random(20, using: &random)
        var reader = HDLCFrameReader()
        #expect(reader.feed(beginning + good.bytes).isEmpty)
        #expect(reader.isInFrame)
        #expect(reader.breakOff() == [good])
        #expect(!reader.hasBegun)
    }

    @Test func `a frame longer than it waits for is dropped, and what follows is not`() {
        var random = SeededGenerator(seed: 11)
        let (long, good) = (HDLCFrame.random(300, using: &random), HDLCFrame.random(128, using: &random))
        var reader = HDLCFrameReader(maxInformationLength: 128)
        #expect(reader.feed(long.bytes + good.bytes).last == good)
    }

    /// Random bytes: 10⁹ where the environment has `VALUESTORE_CAMPAIGN`. Of a frame found in them nothing is wrong: one in
    /// 2³² or so has good checks.
    @Test func `random bytes are survived`() {
        let isCampaign = ProcessInfo.processInfo.environment["VALUESTORE_CAMPAIGN"] != nil
        var random = SeededGenerator(seed: 12)
        var reader = HDLCFrameReader()
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        var found = 0
        let count = isCampaign ? 1_000_000_000 : 1_000_000
        var fed = 0
        while fed < count {
            for index in stride(from: 0, to: piece.count, by: 8) {
                let word = random.next()
                for shift in 0..<8 { piece[index + shift] = UInt8(truncatingIfNeeded: word >> UInt64(shift * 8)) }
            }
            found += reader.feed(piece).count
            fed += piece.count
        }
        #expect(found <= fed / 1_000_000_000 + 1)
        // All but what it still holds, and flags with another behind them: one byte in 2¹⁶.
        #expect(reader.droppedBytes > fed - fed / 50_000 - 3_000)
        // It is still in step.
        let frames = (0..<30).map { _ in HDLCFrame.random(100, using: &random) }
        #expect(reader.feed(frames.flatMap(\.bytes)).suffix(5) == frames.suffix(5))
    }
}
