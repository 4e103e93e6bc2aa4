import Diagnostics

/// A channel under secure messaging (ISO/IEC 7816-4, clause 10): commands go out and answers come back encrypted and
/// signed, and whoever uses it sees neither.
///
/// Data go as cryptogram (87, or 85 with an odd instruction), Le as 97, the checksum as 8E; the header is signed with
/// them. Of an answer, status (99) and checksum (8E) must be there, the checksum must be right, and the status within
/// must be that without. Nothing of an answer is used before its checksum is found right.
///
/// An answer that is wrong ends the session for good; so does any error word without secure messaging, by which a card
/// tells that it dropped the session.
public final class SecureMessaging<Base: CardChannel>: CardChannel {
    /// The channel beneath: chaining and response following belong there.
    public let base: Base
    private let cipher: any SecureMessagingCipher
    /// Whether the session has ended.
    public private(set) var hasEnded = false

    public init(_ base: Base, cipher: any SecureMessagingCipher) {
        self.base = base
        self.cipher = cipher
    }

    /// Sends `command` under secure messaging and gives the answer as if there were none.
    ///
    /// - Throws: `CardError`: what the channel beneath throws; `.notAuthentic` for an answer that does not hold;
    ///   `.sessionEnded` after the first such answer, and where the card dropped the session; `.unsupported` for a
    ///   command whose class indicates secure messaging already, or that grows too long.
    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        guard !hasEnded else { throw CardError(.sessionEnded, subject: "secure messaging") }
        guard ClassByte(command.cla).secureMessaging == .none, command.cla != 0xFF else {
            throw CardError(
                .unsupported, subject: "a command of class \(StatusWord(0, command.cla)) under secure messaging",
                cause: Circumstance("its class indicates secure messaging already"))
        }
        let protected = try SecureCommand.protect(command, cipher)
        // Whatever happens from here on but a right answer, the counters may no longer agree.
        hasEnded = true
        let response = try base.transmit(protected)
        let plain = try SecureAnswer.open(response, cipher)
        hasEnded = false
        return plain
    }
}
