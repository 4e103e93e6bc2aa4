/// The four keys of a session, by SP 800-108 in counter mode with CMAC (protocol §2).
struct SessionKeys: Sendable {
    /// ENC-A, MAC-A, ENC-E, MAC-E: sixteen bytes each, in this order.
    private let material: Secret

    private enum Offset {
        static let encA = 0
        static let macA = 16
        static let encE = 32
        static let macE = 48
    }

    init(_ key: Secret, _ identity: SessionIdentity, _ suite: CipherSuite) {
        var input: [UInt8] = [0, 0, 0, 0]
        input.reserveCapacity(74)
        input.append(contentsOf: "VS1 session".utf8)
        input.append(0)
        identity.appendContext(to: &input)
        input.append(bigEndian: UInt32(512))
        material = unsafe Secret(count: 64) { room in
            suite.cmacs(key, 4) { index in
                input[3] = UInt8(index + 1)
                return input
            } _: { index, block in
                for byte in 0..<16 { unsafe room[index * 16 + byte] = block.storage[byte] }
            }
        }
    }

    /// S2, the element's first proof.
    func s2(_ identity: SessionIdentity, _ suite: CipherSuite) -> Block {
        suite.cmac(material, at: Offset.macE, identity.s2Input)
    }

    /// C3 from its plaintext, or the plaintext from C3.
    func c3(_ text: ArraySlice<UInt8>, _ op: UInt8, _ seq: UInt8, _ suite: CipherSuite) -> [UInt8] {
        suite.ctr(material, at: Offset.encA, icb: Self.counterBlock(0x03, op, seq), text)
    }

    /// `CMAC(MAC-A, 03 ‖ op ‖ seq ‖ chain ‖ C3)`
    func s3(_ c3: ArraySlice<UInt8>, _ op: UInt8, _ seq: UInt8, chain: Block, _ suite: CipherSuite) -> Block {
        suite.cmac(material, at: Offset.macA, Self.signed(0x03, op, seq, chain, c3))
    }

    /// C4 from its plaintext, or the plaintext from C4.
    func c4(_ text: ArraySlice<UInt8>, _ op: UInt8, _ seq: UInt8, _ suite: CipherSuite) -> [UInt8] {
        suite.ctr(material, at: Offset.encE, icb: Self.counterBlock(0x04, op, seq), text)
    }

    /// `CMAC(MAC-E, 04 ‖ op ‖ seq ‖ S3 ‖ C4)`
    func s4(_ c4: ArraySlice<UInt8>, _ op: UInt8, _ seq: UInt8, s3: Block, _ suite: CipherSuite) -> Block {
        suite.cmac(material, at: Offset.macE, Self.signed(0x04, op, seq, s3, c4))
    }

    private static func counterBlock(_ direction: UInt8, _ op: UInt8, _ seq: UInt8) -> Block {
        var storage = InlineArray<16, UInt8>(repeating: 0)
        storage[0] = direction
        storage[1] = op
        storage[2] = seq
        return Block(storage)
    }

    private static func signed(
        _ direction: UInt8, _ op: UInt8, _ seq: UInt8, _ link: Block, _ text: ArraySlice<UInt8>
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(19 + text.count)
        bytes.append(direction)
        bytes.append(op)
        bytes.append(seq)
        bytes.append(link)
        bytes.append(contentsOf: text)
        return bytes
    }
}
