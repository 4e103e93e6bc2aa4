import CardCrypto
import Testing

@Suite("Random bytes")
struct SystemRandomnessTests {
    @Test func `no block comes twice, across many drawings`() throws {
        let source = SystemRandomness()
        let blocks = try (0..<200).map { _ in try source.block().bytes }
        #expect(Set(blocks).count == 200)
        #expect(!blocks.contains([UInt8](repeating: 0, count: 16)))
    }

    @Test func `bytes and keys have the length asked for`() throws {
        for count in [0, 1, 6, 32, 1000] {
            #expect(try SystemRandomness.bytes(count).count == count)
            #expect(try SystemRandomness.key(count).count == count)
        }
        #expect(try SystemRandomness.key().count == 16)
        #expect(try !SystemRandomness.key().matches(SystemRandomness.key()))
        #expect(try SystemRandomness.bytes(16) != SystemRandomness.bytes(16))
    }
}
