import ContactInterface
import TestSupport
import Testing

@Suite struct I2CMemoryTests {
    private static func bench(_ kind: I2CMemoryKind, read: I2CMemoryKind? = nil) throws -> (I2CMemoryCard, I2CReader) {
        let card = I2CMemoryCard(kind)
        let port = ContactPort()
        port.insert(card)
        return (card, try I2CReader(port, read ?? kind))
    }

    @Test(arguments: I2CMemoryKind.all) func `a random program does what a model does`(kind: I2CMemoryKind) throws {
        var source = SeededGenerator(seed: UInt64(kind.capacity))
        let (card, reader) = try Self.bench(kind)
        var model = Array(repeating: UInt8(0xFF), count: kind.capacity)
        for _ in 0..<12 {
            let address = Int.random(in: 0..<kind.capacity, using: &source)
            let count = Int.random(in: 0...min(40, kind.capacity - address), using: &source)
            if Bool.random(using: &source) {
                let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &source) }
                try reader.write(address, bytes)
                model.replaceSubrange(address..<address + count, with: bytes)
            } else {
                #expect(try reader.read(address, count: count) == Array(model[address..<address + count]))
            }
            #expect(card.memory == model)
        }
        // The last bytes, which use all address bits.
        try reader.write(kind.capacity - 2, [0x12, 0x34])
        #expect(try reader.read(kind.capacity - 2, count: 2) == [0x12, 0x34])
    }

    @Test func `a write beyond its page wraps round in it`() throws {
        // The reader assumes a card with larger pages.
        let (card, reader) = try Self.bench(.at24c02, read: .at24c04)
        try reader.write(6, [1, 2, 3, 4])
        #expect(Array(card.memory[0..<10]) == [3, 4, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 0xFF, 0xFF])
    }

    @Test func `an empty port answers nothing`() {
        let error = #expect(throws: MemoryCardError.self) { try I2CReader(ContactPort(), .at24c02) }
        #expect(error?.code == .noAnswer)
    }

    @Test func `another kind of card does not acknowledge`() throws {
        let bench = TwoWireBench()
        let reader = try I2CReader(bench.port, .at24c02)
        let error = #expect(throws: MemoryCardError.self) { try reader.read(0, count: 1) }
        #expect(error?.code == .noAnswer)
    }

    @Test func `addresses beyond the memory are refused`() throws {
        let (_, reader) = try Self.bench(.at24c01)
        let error = #expect(throws: MemoryCardError.self) { try reader.read(120, count: 9) }
        #expect(error?.code == .outOfRange)
    }
}
