import CardCrypto
import Diagnostics
public import ISO7816

/// An open secure channel to a security domain: commands are signed and encrypted, answers are checked, transparently
/// for the caller.
///
/// An answer that fails authentication ends the channel irreversibly, as does a card that reports having closed it
/// (6982, 6988).
public final class SecureChannel<Base: CardChannel>: CardChannel {
    /// The channel beneath; `GetResponseChannel` belongs there.
    public let base: Base
    /// The card's answer when the channel was opened.
    public let opening: InitializeUpdate
    /// How messages are protected.
    public let level: SecurityLevel
    /// Whether the channel has ended.
    public private(set) var hasEnded = false
    private let session: any SecureChannelSession

    init(_ base: Base, _ opening: InitializeUpdate, _ session: any SecureChannelSession) {
        self.base = base
        self.opening = opening
        self.session = session
        self.level = session.level
    }

    /// Sends `command` through the channel and returns the plain answer.
    ///
    /// - Throws: `CardError`: what the channel beneath throws; `.notAuthentic` for an answer that fails a check;
    ///   `.sessionEnded` once the channel has ended; `.unsupported` for a command that becomes too long.
    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        guard !hasEnded else { throw CardError(.sessionEnded, subject: "the secure channel") }
        let wrapped: CommandAPDU
        do throws(GlobalPlatformError) {
            wrapped = try session.wrap(command, authenticates: false)
        } catch {
            // The counter may have moved: the next command would be refused.
            hasEnded = true
            throw CardError(.unsupported, subject: "a command through the secure channel", cause: error)
        }
        // From here on, unless the answer is valid, both sides may be out of sync.
        hasEnded = true
        let response = try base.transmit(wrapped)
        let plain: ResponseAPDU
        do throws(GlobalPlatformError) {
            plain = try session.unwrap(response)
        } catch {
            throw CardError(.notAuthentic, subject: "the secure channel", cause: error)
        }
        hasEnded = plain.status == .securityStatusNotSatisfied || plain.status.rawValue == 0x6988
        return plain
    }

    /// A key, encrypted for PUT KEY.
    func encrypt(key: Secret) throws(GlobalPlatformError) -> [UInt8] { try session.encrypt(key: key) }
}

extension CardChannel {
    /// Opens a secure channel to the selected security domain: INITIALIZE UPDATE, then EXTERNAL AUTHENTICATE.
    ///
    /// The host authenticates only after the card has: a card without the keys gets no cryptogram.
    ///
    /// - Parameters:
    ///   - keys: the keys, or the master keys where they are diversified.
    ///   - version: which of the card's key sets; 0 for its default.
    ///   - diversification: how the card's keys are derived from `keys`.
    ///   - level: how messages are protected. A level that the card does not support is refused, never lowered.
    ///   - isS16: the S16 mode of SCP03: challenges and signatures of 16 bytes. The card must use it too.
    ///   - hostChallenge: 8 bytes, or 16 for S16 mode. For tests only.
    /// - Throws: `GlobalPlatformError`; `.wrongKeys` where the card's cryptogram is wrong.
    public func openSecureChannel(
        _ keys: KeySet, version: UInt8 = 0, diversification: Diversification = .none,
        level: SecurityLevel = .commands, isS16: Bool = false, hostChallenge: [UInt8]? = nil
    ) throws(GlobalPlatformError) -> SecureChannel<Self> {
        let challenge: [UInt8]
        if let hostChallenge {
            challenge = hostChallenge
        } else {
            challenge = try primitive(SystemRandomness.bytes(isS16 ? 16 : 8))
        }
        guard challenge.count == 8 || challenge.count == 16, level.isValid else {
            throw GlobalPlatformError(.outOfRange, "a secure channel's level or challenge")
        }
        let name = "INITIALIZE UPDATE"
        let answer = try perform(command(name, 0x50, version, 0x00, challenge), name)
        let opening = try InitializeUpdate(answer.data)
        guard version == 0 || opening.keyVersion == version, opening.cardChallenge.count == challenge.count else {
            throw GlobalPlatformError(.malformedAnswer, name)
        }
        guard (opening.scp == .scp03) == (keys.cipher == .aes) else {
            throw GlobalPlatformError(
                .protocolUnknown, "\(opening.scp) with keys of the other protocol",
                cause: Circumstance("SCP02 takes triple DES keys, SCP03 AES keys"))
        }
        guard opening.offers(level) else {
            throw GlobalPlatformError(
                .outOfRange, "the security level", cause: Circumstance("the card signs or encrypts no answers"))
        }
        let own = try diversification.keys(from: keys, data: opening.diversificationData)
        let session: any SecureChannelSession =
            switch opening.scp {
            case .scp02: try SCP02Session(own, hostChallenge: challenge, cardChallenge: opening.cardChallenge)
            case .scp03: try SCP03Session(own, hostChallenge: challenge, cardChallenge: opening.cardChallenge)
            }
        guard try ConstantTime.areEqual(session.cardCryptogram(), opening.cardCryptogram) else {
            throw GlobalPlatformError(.wrongKeys, "key version \(opening.keyVersion)")
        }
        try authenticate(session, level)
        return SecureChannel(self, opening, session)
    }

    private func authenticate(
        _ session: any SecureChannelSession, _ level: SecurityLevel
    ) throws(GlobalPlatformError) {
        let name = "EXTERNAL AUTHENTICATE"
        let plain = try command(name, 0x82, level.rawValue, 0x00, session.hostCryptogram(), expecting: nil)
        _ = try perform(session.wrap(plain, authenticates: true), name)
        session.level = level
    }
}
