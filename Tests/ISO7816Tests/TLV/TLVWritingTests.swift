import ISO7816
import TestSupport
import Testing

@Suite struct TLVWritingTests {
    /// Writes `object` into a buffer by the span's own writer.
    private func write(
        _ object: TLV, into room: inout OutputSpan<UInt8>
    ) throws(TLVError) {
        switch object.content {
        case .primitive(let value): try room.appendTLV(object.tag, value: value.span)
        case .constructed(let children):
            try room.appendTLV(object.tag) { (room) throws(TLVError) in
                for child in children { try write(child, into: &room) }
            }
        }
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `writer and tree agree`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let object = generator.dataObject(depth: 5)
        let expected = object.bytes
        let bytes = try [UInt8](capacity: expected.count) { (room) throws(TLVError) in
            try write(object, into: &room)
        }
        #expect(bytes == expected)
    }

    /// In a buffer that is one byte too small, the previous content stays and nothing is added.
    @Test(arguments: [0, 1, 126, 127, 128, 255, 256, 65_535, 65_536])
    func `too little room is refused and left as it was`(count: Int) throws {
        let value = [UInt8](repeating: 0xA5, count: count)
        let object = TLV(0xA1, children: [TLV(0x9F38, value)])
        for missing in 1...5 {
            let left = try [UInt8](capacity: 1 + object.encodedCount - missing) { (room) throws(TLVError) in
                room.append(0xEE)
                #expect(throws: TLVError.self) { try write(object, into: &room) }
            }
            #expect(left == [0xEE])
        }
    }

    @Test func `numbers are written in their width`() throws {
        let bytes = try [UInt8](capacity: 20) { (room) throws(TLVError) in
            try room.appendTLV(0x81, integer: UInt8(1))
            try room.appendTLV(0x82, integer: UInt64(500_000_000))
        }
        #expect(bytes == hex("81 01 01 82 08 00 00 00 00 1D CD 65 00"))
    }

    @Test func `a primitive tag holds no data objects`() {
        #expect(throws: TLVError(.notConstructed, offset: 0)) {
            try [UInt8](capacity: 20) { (room) throws(TLVError) in
                try room.appendTLV(0x81) { (_) throws(TLVError) in }
            }
        }
    }
}
