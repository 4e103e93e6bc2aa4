internal import CardCrypto
internal import ValueElement
internal import ValueProtocol

/// The secure side of a token's session: the SAM, which alone can release a token from the tank.
///
/// It is the handshake of protocol §3 within the meter: the exchanger is the authority, the meter's element the
/// element, the key the one with which both were paired at manufacture, and NT the token's serial. Its key's name,
/// TRANSFER 0, is never that of an external session.
struct TokenVault {
    let suite: CipherSuite
    let pairing: Secret
    private var session: ElementSession?

    static let key = KeyName(.transfer, 0)

    init(pairing: Secret, _ suite: CipherSuite) {
        self.pairing = pairing
        self.suite = suite
    }

    /// Answers the exchanger's request for a token.
    ///
    /// - Parameters:
    ///   - r1: from the request `PID ‖ R1`.
    ///   - eid: the meter's.
    ///   - serial: of the token.
    ///   - r2: newly generated.
    mutating func open(_ r1: AESBlock, _ eid: PartyID, serial: UInt32, r2: AESBlock) -> [UInt8] {
        let identity = SessionIdentity(key: TokenVault.key, pid: eid, eid: eid, nt: serial, r1: r1, r2: r2)
        let opened = ElementSession(identity, key: pairing, suite)
        session = opened
        return opened.answer
    }

    /// Checks the exchanger's order; nil if it is not genuine, and the session has then ended.
    mutating func authorize(_ sealed: [UInt8]) -> Amount? {
        guard var open = session, let c3 = open.open(sealed[...], op: OperationCode.debit.rawValue, suite) else {
            session = nil
            return nil
        }
        session = open
        var reader = ByteReader(c3.span)
        let amount = Amount(rawValue: reader.read())
        return reader.isFinished ? amount : nil
    }

    /// Seals the token once it has left the tank; the session has then ended.
    mutating func seal(_ amount: Amount, _ eid: PartyID) -> [UInt8] {
        guard var open = session else { return [] }
        session = nil
        var c4: [UInt8] = []
        c4.append(bigEndian: BusinessStatus.done.rawValue)
        c4.append(eid)
        c4.append(bigEndian: amount.rawValue)
        return open.seal(c4, op: OperationCode.debit.rawValue, suite)
    }
}
