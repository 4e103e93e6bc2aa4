internal import CardCrypto
internal import ValueProtocol

/// The metering side of a token's session: requests tokens, verifies them, and consumes them.
struct TokenExchanger {
    let suite: CipherSuite
    let pairing: Secret

    /// Why no token was accepted.
    enum Refusal: Error {
        /// The peer is not the module that this exchanger was paired with.
        case notGenuine
        case noRandomness
    }

    /// Begins a session.
    func begin(_ eid: PartyID, _ randomness: any RandomSource) throws(Refusal) -> AuthoritySession {
        do {
            return AuthoritySession(key: TokenVault.key, pid: eid, r1: try randomness.block())
        } catch {
            throw .noRandomness
        }
    }

    /// Orders a token of `amount` from the module that answered.
    func order(
        _ amount: Amount, _ answer: [UInt8], _ eid: PartyID, _ session: inout AuthoritySession
    ) throws(Refusal) -> [UInt8] {
        var order: [UInt8] = []
        order.append(bigEndian: amount.rawValue)
        do {
            try session.authenticate(answer[...], from: eid, key: pairing, suite)
            return try session.seal(order, op: .debit, suite)
        } catch {
            throw .notGenuine
        }
    }

    /// The value of the token received.
    func accept(_ sealed: [UInt8], _ session: inout AuthoritySession) throws(Refusal) -> Amount {
        do {
            let plaintext = try session.unseal(sealed[...], suite)
            var reader = ByteReader(plaintext.span)
            let status: UInt16 = reader.read()
            _ = reader.readParty()
            let amount = Amount(rawValue: reader.read())
            guard status == BusinessStatus.done.rawValue, reader.isFinished else { throw Refusal.notGenuine }
            return amount
        } catch {
            throw .notGenuine
        }
    }
}
