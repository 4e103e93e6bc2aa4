import ISO7816
import TestSupport
import Testing

@Suite struct TLVTagTests {
    @Test(
        arguments: [
            (0x6F, "6F", TLVTag.Class.application, true, 15),
            (0x84, "84", .contextSpecific, false, 4),
            (0x04, "04", .universal, false, 4),
            (0x9F38, "9F38", .contextSpecific, false, 56),
            (0x5F2D, "5F2D", .application, false, 45),
            (0xBF0C, "BF0C", .contextSpecific, true, 12),
            (0xDF8101, "DF8101", .private, false, 129),
            (0xFFFF_FF7F, "FFFFFF7F", .private, true, 0x1F_FFFF),
        ] as [(UInt32, String, TLVTag.Class, Bool, UInt32)])
    func `class form and number are read`(
        raw: UInt32, text: String, tagClass: TLVTag.Class, constructed: Bool, number: UInt32
    ) throws {
        let tag = try #require(TLVTag(rawValue: raw))
        #expect(tag.description == text)
        #expect(tag.tagClass == tagClass)
        #expect(tag.isConstructed == constructed)
        #expect(tag.number == number)
        #expect(tag.byteCount == text.count / 2)
    }

    @Test(arguments: [0, 0x1F, 0x9F, 0x8401, 0x9F80, 0x9F81, 0x9F8001, 0x9F3801, 0x9F81_8081, 0x9F81_0101] as [UInt32])
    func `what is no tag is refused`(raw: UInt32) {
        #expect(TLVTag(rawValue: raw) == nil)
    }

    /// A value is valid exactly where the cursor accepts the same bytes as a tag.
    @Test func `validity agrees with the reader`() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20_000 {
            let raw =
                UInt32.random(in: 1...UInt32.max, using: &generator) >> UInt32.random(in: 0...24, using: &generator)
            let count = 4 - raw.leadingZeroBitCount / 8
            let bytes = (0..<count).reversed().map { UInt8(truncatingIfNeeded: raw >> (8 * UInt32($0))) } + [0]
            var cursor = TLVCursor(bytes.span)
            var read: TLVTag?
            do throws(TLVError) {
                if let element = try cursor.next(), element.value.isEmpty, cursor.offset == bytes.count {
                    read = element.tag
                }
            } catch {
                read = nil
            }
            #expect(read == TLVTag(rawValue: raw), "\(String(raw, radix: 16))")
        }
    }
}
