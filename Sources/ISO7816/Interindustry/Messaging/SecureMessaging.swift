import Diagnostics

/// A channel under secure messaging (ISO/IEC 7816-4, clause 10): commands and answers are encrypted and signed on the
/// way, and plain for the caller.
///
/// Data go as cryptogram (87, or 85 with an odd instruction), Le as 97, the checksum as 8E; the header is signed with
/// them. An answer must have a status (99) and a correct checksum (8E), and its inner status must equal the outer one.
/// Nothing of an answer is used before its checksum is verified.
///
/// An invalid answer ends the session irreversibly; so does any error status word without secure messaging, by which a
/// card tells that it ended the session.
public final class SecureMessaging<Base: CardChannel>: CardChannel {
    /// The channel beneath: put chaining and automatic GET RESPONSE there.
    public let base: Base
    private let cipher: any SecureMessagingCipher
    /// Whether the session has ended.
    public private(set) var hasEnded = false

    public init(_ base: Base, cipher: any SecureMessagingCipher) {
        self.base = base
        self.cipher = cipher
    }

    /// Sends `command` under secure messaging and returns the plain answer.
    ///
    /// - Throws: `CardError`: what the channel beneath throws; `.notAuthentic` for an answer that fails a check;
    ///   `.sessionEnded` after the first such answer, and where the card ended the session; `.unsupported` for a
    ///   command whose class indicates secure messaging already, or that becomes too long.
    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        guard !hasEnded else { throw CardError(.sessionEnded, subject: "secure messaging") }
        guard ClassByte(command.cla).secureMessaging == .none, command.cla != 0xFF else {
            throw CardError(
                .unsupported, subject: "a command of class \(StatusWord(0, command.cla)) under secure messaging",
                cause: Circumstance("its class indicates secure messaging already"))
        }
        let protected = try SecureCommand.protect(command, cipher)
        // From here on, unless the answer is valid, the counters may disagree.
        hasEnded = true
        let response = try base.transmit(protected)
        let plain = try SecureAnswer.open(response, cipher)
        hasEnded = false
        return plain
    }
}
