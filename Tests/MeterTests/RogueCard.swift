import CardCrypto
import ISO7816
import ValueElement
import ValueProtocol

/// A card built with the key of a genuine one: its sessions are valid, its claims are not.
final class RogueCard: CardChannel {
    private let kx: Secret
    private let nt: UInt32
    /// What STATUS claims of the slot.
    private let slot: AskStatus.Answer
    private let suite: CipherSuite
    private let claim: (UInt32) -> Debit.Answer
    private var session: ElementSession?

    /// - Parameters:
    ///   - kx: the key of the genuine card's slot.
    ///   - nt: of its sessions.
    ///   - slot: its answer to STATUS; by default a slot without a debit.
    ///   - claim: its answer to a DEBIT, by the session's NT.
    init(
        kx: Secret, nt: UInt32 = 9,
        slot: AskStatus.Answer = AskStatus.Answer(
            nt: 0, highest: HostTransaction(rawValue: 1), found: false, amount: .zero, balance: .zero),
        _ claim: @escaping (UInt32) -> Debit.Answer
    ) throws(CryptoError) {
        self.kx = kx
        self.nt = nt
        self.slot = slot
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
                key: KeyName(.transfer, 1), pid: GasWorld.meterID, eid: GasWorld.cardID, nt: nt, r1: r1, r2: .zero)
            let opened = ElementSession(identity, key: kx, suite)
            session = opened
            return ResponseAPDU(data: opened.answer, status: .success)
        default:
            guard var open = session, open.open(command.data, op: command.p1, suite) != nil else {
                return ResponseAPDU(status: .verificationFailed)
            }
            var c4: [UInt8] = [0, 0]
            c4.append(GasWorld.cardID)
            if command.p1 == OperationCode.status.rawValue {
                slot.append(to: &c4)
            } else if command.p1 == OperationCode.fetch.rawValue {
                c4 += [0]
            } else {
                claim(nt).append(to: &c4)
            }
            let sealed = open.seal(c4, op: command.p1, suite)
            session = open
            return ResponseAPDU(data: sealed, status: .success)
        }
    }
}
