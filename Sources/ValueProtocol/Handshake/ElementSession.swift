public import CardCrypto

/// The element's side of a session: answers INITIALIZE, opens an EXECUTE and seals its answer (protocol §3). It does
/// not access memory: the caller must commit NT before the answer is sent.
public struct ElementSession: Sendable {
    public let identity: SessionIdentity
    private let keys: SessionKeys
    /// S2, later the S4 of the previous exchange.
    private var chain: AESBlock
    /// The seq that the next EXECUTE must have; 256 once the session has ended.
    public private(set) var nextSeq = 0
    private var s3 = AESBlock.zero

    /// Opens the session `identity` under `key`.
    public init(_ identity: SessionIdentity, key: Secret, _ suite: CipherSuite) {
        self.identity = identity
        keys = SessionKeys(key, identity, suite)
        chain = keys.s2(identity, suite)
    }

    /// `EID ‖ NT ‖ R2 ‖ S2`, the answer to INITIALIZE; valid before the first EXECUTE.
    public var answer: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(46)
        bytes.append(identity.eid)
        bytes.append(bigEndian: identity.nt)
        bytes.append(identity.r2)
        bytes.append(chain)
        return bytes
    }

    /// Checks S3 and opens C3.
    ///
    /// - Parameters:
    ///   - sealed: `C3 ‖ S3`, at least 16 bytes.
    ///   - op: the operation that the command names.
    ///   - suite: this party's.
    /// - Returns: the plaintext, or nil if S3 is wrong: the session must then end.
    public mutating func open(_ sealed: ArraySlice<UInt8>, op: UInt8, _ suite: CipherSuite) -> [UInt8]? {
        let seq = UInt8(nextSeq)
        let c3 = sealed.dropLast(16)
        let expected = keys.s3(c3, op, seq, chain: chain, suite)
        guard let given = AESBlock(sealed.suffix(16)), given == expected else { return nil }
        s3 = expected
        return keys.c3(c3, op, seq, suite)
    }

    /// Seals the answer to the last opened EXECUTE and advances to the next seq.
    ///
    /// - Returns: `C4 ‖ S4`.
    public mutating func seal(_ plaintext: [UInt8], op: UInt8, _ suite: CipherSuite) -> [UInt8] {
        let seq = UInt8(nextSeq)
        var sealed = keys.c4(plaintext[...], op, seq, suite)
        chain = keys.s4(sealed[...], op, seq, s3: s3, suite)
        sealed.append(chain)
        nextSeq += 1
        return sealed
    }
}
