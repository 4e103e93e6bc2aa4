import ISO7816
import TestSupport
import Testing

@Suite struct TLVTreeTests {
    @Test func `a SELECT answer is read by path`() throws {
        let answer = try TLV(hex("6F 1B 84 07 F05653544F5245 A5 10 80 08 0000000110000001 81 01 01 82 01 01"))
        #expect(answer.first(0x84)?.value == ArraySlice(hex("F05653544F5245")))
        #expect(answer.first(0xA5, 0x82)?.value == [1])
        #expect(answer.first(0xA5, 0x83) == nil)
        #expect(answer.description == "6F { 84 F05653544F5245, A5 { 80 0000000110000001, 81 01, 82 01 } }")
    }

    @Test func `one data object is one`() throws {
        #expect(throws: TLVError(.missing, offset: 2)) { try TLV(hex("0000")) }
        #expect(throws: TLVError(.trailingBytes, offset: 4)) { try TLV(hex("00 80 01 AA 00 81 00")) }
        #expect(try TLV(hex("00 80 01 AA 00")) == TLV(0x80, [0xAA]))
    }

    @Test func `slices are read from where they begin`() throws {
        let answer = hex("FFFF A1 03 80 01 07 9000")
        #expect(try TLV(answer[2..<7])[0x80]?.value == [7])
    }

    @Test(arguments: 0..<400 as Range<UInt64>)
    func `what is written is read again`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let object = generator.dataObject(depth: 5)
        let bytes = object.bytes
        #expect(bytes.count == object.encodedCount)
        #expect(try TLV(bytes) == object)
        var cursor = TLVCursor(bytes.span)
        #expect(try cursor.validate() == count(object))
    }

    private func count(_ object: TLV) -> Int { object.children.reduce(1) { $0 + count($1) } }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func `every prefix is refused`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let bytes = generator.dataObject(depth: 4).bytes
        for count in 0..<bytes.count {
            #expect(throws: TLVError.self) { try TLV(bytes[..<count]) }
        }
    }

    /// Parsing any bytes ends: with data objects that can be written and read again, or with an error that points into
    /// the bytes.
    @Test(arguments: 0..<60 as Range<UInt64>)
    func `mutated bytes are read or refused`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let original = generator.dataObject(depth: 5).bytes
        for _ in 0..<200 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                case 1: bytes[index] = [0, 0x1F, 0x7F, 0x80, 0x81, 0x84, 0xFF].randomElement(using: &generator)!
                case 2: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: index)
                default: if bytes.count > 1 { bytes.remove(at: index) }
                }
            }
            do throws(TLVError) {
                let objects = try TLV.parse(bytes)
                #expect(try TLV.parse(objects.flatMap(\.bytes)) == objects)
            } catch {
                #expect((0...bytes.count).contains(error.offset))
            }
        }
    }
}
