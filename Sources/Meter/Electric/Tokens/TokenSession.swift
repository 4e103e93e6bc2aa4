internal import CardCrypto
internal import ValueElement
internal import ValueProtocol

/// The secure end of a token's session: the SAM, which alone lets a token leave the tank.
///
/// It is the handshake of protocol §3 within the meter: the exchanger is the authority, the meter's element the element,
/// the key one that both were paired with when the meter was made, and NT the token's serial. Its key's name, TRANSFER 0,
/// is none that a session from outside can have.
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
    ///   - request: `PID ‖ R1`.
    ///   - eid: the meter's.
    ///   - serial: of the token.
    ///   - r2: fresh.
    mutating func open(_ r1: AESBlock, _ eid: PartyID, serial: UInt32, r2: AESBlock) -> [UInt8] {
        let identity = SessionIdentity(key: TokenVault.key, pid: eid, eid: eid, nt: serial, r1: r1, r2: r2)
        let opened = ElementSession(identity, key: pairing, suite)
        session = opened
        return opened.answer
    }

    /// Checks the exchanger's order; nil where it is not genuine, and the session has ended then.
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

    /// Seals the token, once it has left the tank; the session has ended.
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
