import ISO7816
import TestSupport
import Testing

@Suite struct TLVCursorTests {
    /// Every data object on every level: its tag, value and offset.
    private func flat(_ bytes: [UInt8]) throws -> [String] {
        func walk(_ cursor: inout TLVCursor, into found: inout [String]) throws {
            while let element = try cursor.next() {
                found.append("\(element.tag)@\(element.offset)+\(element.value.count)")
                if element.tag.isConstructed {
                    var children = try element.children()
                    try walk(&children, into: &found)
                }
            }
        }
        var cursor = TLVCursor(bytes.span)
        var found: [String] = []
        try walk(&cursor, into: &found)
        return found
    }

    @Test func `data objects are found where they lie`() throws {
        let answer = hex("6F 0F 84 07 F05653544F5245 A5 04 82 00 81 00")
        #expect(try flat(answer) == ["6F@0+15", "84@2+7", "A5@11+4", "82@13+0", "81@15+0"])
    }

    @Test func `padding is skipped before between and after`() throws {
        #expect(try flat(hex("0000 80 01 AA 00 A1 06 00 81 01 00 00 00 00")) == ["80@2+1", "A1@6+6", "81@9+1"])
        #expect(try flat(hex("000000")) == [])
        #expect(try flat([]) == [])
    }

    @Test(
        arguments: [
            ("9F", TLVError.Code.truncatedTag, 0),
            ("80 00 9F 81", .truncatedTag, 2),
            ("9F 80 01 00", .overlongTag, 0),
            ("9F 81 81 81 01 00", .tagTooLong, 0),
            ("84", .truncatedLength, 1),
            ("84 81", .truncatedLength, 1),
            ("84 84 00 00 01", .truncatedLength, 1),
            ("84 80 01 02 00 00", .indefiniteLength, 1),
            ("84 81 7F", .overlongLength, 1),
            ("84 82 00 FF", .overlongLength, 1),
            ("84 83 00 FF FF", .overlongLength, 1),
            ("84 84 00 FF FF FF", .overlongLength, 1),
            ("84 85 01 00 00 00 00", .lengthTooLong, 1),
            ("84 02 AA", .truncatedValue, 1),
            ("84 84 FF FF FF FF", .truncatedValue, 1),
            ("80 01 AA 00 A1 03 82 02 01", .truncatedValue, 7),
        ] as [(String, TLVError.Code, Int)])
    func `malformed bytes are refused with offset and reason`(text: String, code: TLVError.Code, offset: Int) {
        #expect(throws: TLVError(code, offset: offset)) { try TLV.parse(hex(text)) }
        #expect(throws: TLVError(code, offset: offset)) {
            let bytes = hex(text)
            var cursor = TLVCursor(bytes.span)
            _ = try cursor.validate()
        }
    }

    @Test func `lengths of one to four bytes are read`() throws {
        for (count, header) in [
            (127, "84 7F"), (128, "84 81 80"), (255, "84 81 FF"), (256, "84 82 01 00"), (65_535, "84 82 FF FF"),
            (65_536, "84 83 01 00 00"), (0x100_0000, "84 84 01 00 00 00"),
        ] {
            let bytes = hex(header) + [UInt8](repeating: 0x5A, count: count)
            var cursor = TLVCursor(bytes.span)
            if let element = try cursor.next() {
                #expect(element.value.count == count)
                #expect(cursor.offset == bytes.count)
            } else {
                Issue.record("no data object for \(count)")
            }
        }
    }

    @Test func `nesting is bounded`() throws {
        var bytes = hex("80 00")
        for _ in 0..<3 { bytes = hex("A0") + [UInt8(bytes.count)] + bytes }
        #expect(try TLV.parse(bytes, nestingLimit: 4).count == 1)
        #expect(throws: TLVError(.nestedTooDeep, offset: 4)) { try TLV.parse(bytes, nestingLimit: 3) }
        var deep: [UInt8] = []
        for _ in 0..<100_000 { deep += hex("A0 84 7F FF FF FF") }
        #expect(throws: TLVError(.truncatedValue, offset: 1)) { try TLV.parse(deep) }
        var endless = hex("80 00")
        for _ in 0..<40 { endless = hex("A0") + [UInt8(endless.count)] + endless }
        #expect(throws: TLVError(.nestedTooDeep, offset: 30)) { try TLV.parse(endless) }
    }

    @Test func `a tag is sought and primitives have no children`() throws {
        let bytes = hex("80 01 01 81 02 01F4 80 01 03")
        var cursor = TLVCursor(bytes.span)
        let number = try cursor.next(0x81)?.unsignedInteger
        #expect(number == 500)
        let second = try cursor.next(0x80)?.unsignedInteger
        #expect(second == 3)
        let third = try cursor.next(0x80)?.offset
        #expect(third == nil)
        #expect(throws: TLVError(.notConstructed, offset: 0)) {
            var cursor = TLVCursor(bytes.span)
            if let element = try cursor.next() { _ = try element.children().offset }
        }
    }
}
