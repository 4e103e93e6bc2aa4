import CardCrypto

/// The four keys of a session, by SP 800-108 in counter mode with CMAC (protocol §2).
struct SessionKeys: Sendable {
    /// ENC-A, MAC-A, ENC-E, MAC-E: sixteen bytes each, in this order.
    let material: Secret

    enum Offset {
        static let encA = 0
        static let macA = 16
        static let encE = 32
        static let macE = 48
    }

    init(_ key: Secret, _ identity: SessionIdentity, _ suite: CipherSuite) {
        var input = Message()
        input.append(bigEndian: 0 as UInt32)
        input.append("VS1 session")
        input.append(0)
        identity.appendContext(to: &input)
        input.append(bigEndian: 512 as UInt32)
        let mac = suite.mac(.derivation, key)
        material = unsafe Secret(count: 64) { bytes in
            for index in 0..<4 {
                input[3] = UInt8(index + 1)
                let block = mac.sign(input.span)
                unsafe bytes.storeBytes(of: block.storage, toByteOffset: index * 16, as: InlineArray<16, UInt8>.self)
            }
        }
    }

    /// S2, the element's first signature.
    func s2(_ identity: SessionIdentity, _ suite: CipherSuite) -> AESBlock {
        suite.mac(.answers, material).sign(identity.signedByS2().span)
    }

    /// C3 from its plaintext, or the plaintext from C3; with capacity reserved for an appended signature.
    func c3(_ text: ArraySlice<UInt8>, _ op: UInt8, _ seq: UInt8, _ suite: CipherSuite) -> [UInt8] {
        suite.ctr(material, at: Offset.encA, icb: Self.counterBlock(0x03, op, seq), text, reserve: 16)
    }

    /// `CMAC(MAC-A, 03 ‖ op ‖ seq ‖ chain ‖ C3)`
    func s3(_ c3: ArraySlice<UInt8>, _ op: UInt8, _ seq: UInt8, chain: AESBlock, _ suite: CipherSuite) -> AESBlock {
        suite.mac(.commands, material).sign(Self.head(0x03, op, seq, chain).span, c3)
    }

    /// C4 from its plaintext, or the plaintext from C4; with capacity reserved for an appended signature.
    func c4(_ text: ArraySlice<UInt8>, _ op: UInt8, _ seq: UInt8, _ suite: CipherSuite) -> [UInt8] {
        suite.ctr(material, at: Offset.encE, icb: Self.counterBlock(0x04, op, seq), text, reserve: 16)
    }

    /// `CMAC(MAC-E, 04 ‖ op ‖ seq ‖ S3 ‖ C4)`
    func s4(_ c4: ArraySlice<UInt8>, _ op: UInt8, _ seq: UInt8, s3: AESBlock, _ suite: CipherSuite) -> AESBlock {
        suite.mac(.answers, material).sign(Self.head(0x04, op, seq, s3).span, c4)
    }

    private static func counterBlock(_ direction: UInt8, _ op: UInt8, _ seq: UInt8) -> AESBlock {
        var storage = InlineArray<16, UInt8>(repeating: 0)
        storage[0] = direction
        storage[1] = op
        storage[2] = seq
        return AESBlock(storage)
    }

    /// What S3 and S4 sign before the text.
    private static func head(_ direction: UInt8, _ op: UInt8, _ seq: UInt8, _ link: AESBlock) -> Message {
        var bytes = Message()
        bytes.append(direction)
        bytes.append(op)
        bytes.append(seq)
        bytes.append(link)
        return bytes
    }
}
