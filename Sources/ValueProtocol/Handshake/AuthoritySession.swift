public import CardCrypto

/// The authority's side of a session (protocol §3): sends R1, checks S2, seals C3, opens C4.
///
/// Each seq seals one text. Sealing the same text again gives the same bytes; another text is refused until the answer
/// to the first has been opened.
public struct AuthoritySession: Sendable {
    public let key: KeyName
    public let pid: PartyID
    public let r1: AESBlock

    private var established: Established?

    fileprivate struct Established {
        var identity: SessionIdentity
        var keys: SessionKeys
        var chain: AESBlock
        var nextSeq = 0
        var pending: Pending?
    }

    fileprivate struct Pending {
        var op: UInt8
        var plaintext: Secret
        var sealed: [UInt8]
        var s3: AESBlock
    }

    public init(key: KeyName, pid: PartyID, r1: AESBlock) {
        self.key = key
        self.pid = pid
        self.r1 = r1
    }

    /// `PID ‖ R1`, the data of INITIALIZE.
    public var request: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(24)
        bytes.append(pid)
        bytes.append(r1)
        return bytes
    }

    /// The parties of the session, once S2 was valid.
    public var identity: SessionIdentity? { established?.identity }

    /// The seq of the next EXECUTE to seal, or of the one sealed and not yet answered.
    public var seq: UInt8? { established.flatMap { UInt8(exactly: $0.nextSeq) } }

    /// Parses the element's answer to INITIALIZE and checks its S2.
    ///
    /// - Parameters:
    ///   - answer: `EID ‖ NT ‖ R2 ‖ S2`, 44 bytes.
    ///   - eid: the element that must answer.
    ///   - elementKey: its key named `key`.
    ///   - suite: this party's.
    /// - Throws: `SessionError` `.malformedAnswer`, `.otherElement`, `.elementNotGenuine`.
    public mutating func authenticate(
        _ answer: ArraySlice<UInt8>, from eid: PartyID, key elementKey: Secret, _ suite: CipherSuite
    ) throws(SessionError) {
        established = nil
        var reader = ByteReader(answer.span)
        let answering = reader.readParty()
        let nt: UInt32 = reader.read()
        let r2 = reader.readBlock()
        let s2 = reader.readBlock()
        guard reader.isFinished else { throw SessionError(.malformedAnswer, "INITIALIZE") }
        guard answering == eid else { throw SessionError(.otherElement, "\(answering), not \(eid)") }
        let identity = SessionIdentity(key: key, pid: pid, eid: eid, nt: nt, r1: r1, r2: r2)
        let keys = SessionKeys(elementKey, identity, suite)
        guard keys.s2(identity, suite) == s2 else { throw SessionError(.elementNotGenuine, "\(eid)") }
        established = Established(identity: identity, keys: keys, chain: s2)
    }

    /// Seals the plaintext of operation `op`.
    ///
    /// - Returns: `C3 ‖ S3`.
    /// - Throws: `SessionError` `.noSession`, `.answerOutstanding`, `.sessionExhausted`.
    public mutating func seal(
        _ plaintext: [UInt8], op: OperationCode, _ suite: CipherSuite
    ) throws(SessionError) -> [UInt8] {
        guard let sealed = try established?.seal(plaintext, op: op, suite) else {
            throw SessionError(.noSession, "\(op)")
        }
        return sealed
    }

    /// Checks S4 and opens C4.
    ///
    /// - Parameters:
    ///   - sealed: `C4 ‖ S4`.
    ///   - suite: this party's.
    /// - Returns: the plaintext C4, which begins with the status and this session's EID.
    /// - Throws: `SessionError` `.noSession`, `.malformedAnswer`, `.answerNotGenuine`, `.otherElement`; the session has
    ///   then ended, and the outcome of the sealed command is unknown.
    public mutating func unseal(_ sealed: ArraySlice<UInt8>, _ suite: CipherSuite) throws(SessionError) -> [UInt8] {
        guard established?.pending != nil, var now = established.take(), let pending = now.pending.take(),
            let seq = UInt8(exactly: now.nextSeq)
        else { throw SessionError(.noSession, "UNSEAL") }
        let c4 = sealed.dropLast(16)
        guard let s4 = AESBlock(sealed.suffix(16)) else { throw SessionError(.malformedAnswer, "EXECUTE") }
        guard now.keys.s4(c4, pending.op, seq, s3: pending.s3, suite) == s4 else {
            throw SessionError(.answerNotGenuine, "\(now.identity.eid)")
        }
        let plaintext = now.keys.c4(c4, pending.op, seq, suite)
        var reader = ByteReader(plaintext.span)
        _ = reader.read(UInt16.self)
        let eid = reader.readParty()
        guard reader.isGood else { throw SessionError(.malformedAnswer, "EXECUTE") }
        guard eid == now.identity.eid else { throw SessionError(.otherElement, "\(eid), not \(now.identity.eid)") }
        now.chain = s4
        now.nextSeq += 1
        established = now
        return plaintext
    }
}

extension AuthoritySession.Established {
    fileprivate mutating func seal(
        _ plaintext: [UInt8], op: OperationCode, _ suite: CipherSuite
    ) throws(SessionError) -> [UInt8] {
        if let pending {
            guard pending.op == op.rawValue, pending.plaintext.matches(Secret(copying: plaintext)) else {
                throw SessionError(.answerOutstanding, "\(op)")
            }
            return pending.sealed
        }
        guard let seq = UInt8(exactly: nextSeq) else { throw SessionError(.sessionExhausted, "\(op)") }
        var sealed = keys.c3(plaintext[...], op.rawValue, seq, suite)
        let s3 = keys.s3(sealed[...], op.rawValue, seq, chain: chain, suite)
        sealed.append(s3)
        pending = AuthoritySession.Pending(
            op: op.rawValue, plaintext: Secret(copying: plaintext), sealed: sealed, s3: s3)
        return sealed
    }
}
