import CardCrypto
import GlobalPlatform
import ISO7816

/// A card that returns the given answers in turn, whatever the command.
final class AnsweringCard: CardChannel {
    private var answers: [[UInt8]]
    /// The number of commands received.
    private(set) var sent = 0

    init(_ answers: [[UInt8]]) { self.answers = answers }

    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        sent += 1
        let bytes = answers.isEmpty ? [0x6F, 0x00] : answers.removeFirst()
        do throws(APDUError) {
            return try ResponseAPDU(bytes)
        } catch {
            throw CardError(.malformedAnswer, subject: "card", cause: error)
        }
    }
}

/// A line to an emulated security domain, on which bytes may be changed.
final class Link: CardChannel {
    private let card: SecurityDomainCard
    private let keys: KeySet
    private let isS16: Bool
    private var answer = ResponseAPDU(status: .success)
    private var change: (kind: UInt8, offset: Int, mask: UInt8) = (0, 0, 0)
    /// The last command that arrived through the channel.
    private(set) var arrived: CommandAPDU?
    /// Whether the last answer was changed on its way.
    private(set) var hasChangedAnswer = false

    /// - Parameter choice: bit 1 the protocol, bit 2 S16 mode.
    init(_ choice: UInt8, _ made: GlobalPlatformSubject.Keys) throws(BrokenProperty) {
        keys = choice & 1 == 0 ? made.aes : made.tripleDES
        isS16 = choice & 3 == 2
        card = SecurityDomainCard(
            keys, parameter: isS16 ? 0x71 : 0x70, random: { [UInt8](repeating: 0xA5, count: $0) })
    }

    /// Nil where the protocol does not have the level.
    func open(_ level: SecurityLevel) throws(BrokenProperty) -> SecureChannel<Link>? {
        guard keys.cipher == .aes || !level.contains(.answerEncryption) else { return nil }
        do throws(GlobalPlatformError) {
            return try openSecureChannel(
                keys, level: level, hostChallenge: [UInt8](repeating: 0x3C, count: isS16 ? 16 : 8))
        } catch {
            throw BrokenProperty(description: "who has the keys opens a channel: \(error)")
        }
    }

    /// Sets the card's answer, and changes a byte of the next command (`kind` 1) or answer (2).
    func expect(_ answer: ResponseAPDU, _ kind: UInt8, _ offset: Int, _ mask: UInt8) throws(BrokenProperty) {
        self.answer = answer
        change = (kind, offset, mask)
        (arrived, hasChangedAnswer) = (nil, false)
        if card.answering == nil {
            card.answering = { [unowned self] command in
                arrived = command
                return self.answer
            }
        }
    }

    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        var bytes = command.bytes
        if change.kind == 1 { bytes[change.offset % bytes.count] ^= change.mask }
        var response = try card.process(bytes)
        if change.kind == 2 {
            response[change.offset % response.count] ^= change.mask
            hasChangedAnswer = true
        }
        do throws(APDUError) {
            return try ResponseAPDU(response)
        } catch {
            throw CardError(.malformedAnswer, subject: "card", cause: error)
        }
    }
}
