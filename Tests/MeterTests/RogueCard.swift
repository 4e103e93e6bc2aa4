import CardCrypto
import ISO7816
import ValueElement
import ValueProtocol

/// A card built with the key of a genuine one: its sessions are valid, its claims are not.
final class RogueCard: CardChannel {
    private let kx: Secret
    private let suite: CipherSuite
    private let claim: (UInt32) -> Debit.Answer
    private var session: ElementSession?

    /// - Parameter claim: its answer to a DEBIT, by the session's NT.
    init(kx: Secret, _ claim: @escaping (UInt32) -> Debit.Answer) throws(CryptoError) {
        self.kx = kx
        self.claim = claim
        suite = try CipherSuite()
    }

    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        switch command.ins {
        case 0xA4:
            let info = ElementInfo(eid: GasWorld.cardID, state: .issued, keys: [])
            return ResponseAPDU(data: info.fci(of: .purse), status: .success)
        case 0x50:
            let r1 = AESBlock(command.data.suffix(16)) ?? .zero
            let identity = SessionIdentity(
                key: KeyName(.transfer, 1), pid: GasWorld.meterID, eid: GasWorld.cardID, nt: 9, r1: r1, r2: .zero)
            let opened = ElementSession(identity, key: kx, suite)
            session = opened
            return ResponseAPDU(data: opened.answer, status: .success)
        default:
            guard var open = session, open.open(command.data, op: command.p1, suite) != nil else {
                return ResponseAPDU(status: .verificationFailed)
            }
            var c4: [UInt8] = [0, 0]
            c4.append(GasWorld.cardID)
            claim(9).append(to: &c4)
            let sealed = open.seal(c4, op: command.p1, suite)
            session = open
            return ResponseAPDU(data: sealed, status: .success)
        }
    }
}
