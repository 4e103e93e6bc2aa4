package import CardCrypto
import ISO7816

extension [UInt8] {
    package mutating func append(_ block: AESBlock) {
        unsafe block.storage.span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }

    package mutating func append(_ id: PartyID) { append(bigEndian: id.rawValue) }
}

extension ByteReader {
    @_lifetime(self: copy self)
    package mutating func readBlock() -> AESBlock {
        var storage = InlineArray<16, UInt8>(repeating: 0)
        for index in 0..<16 { storage[index] = readByte() }
        return AESBlock(storage)
    }

    @_lifetime(self: copy self)
    package mutating func readParty() -> PartyID { PartyID(rawValue: read()) }
}
