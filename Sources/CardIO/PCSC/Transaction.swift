public import ISO7816

/// The card while nobody else may use it: the channel handed to the body of `Card.withTransaction`.
///
/// A command goes straight to the PC/SC service on the thread that the body runs on. The channel serves until the body
/// ends; kept longer, it throws.
public final class Transaction: CardChannel {
    private let handle: CardHandle
    private let verdict: () -> CardError?
    private var isOpen = true

    init(_ handle: CardHandle, verdict: @escaping () -> CardError?) {
        self.handle = handle
        self.verdict = verdict
    }

    /// The reader's name.
    public var reader: String { handle.reader }

    /// Sends `command` and gives the card's answer, whatever its status word.
    ///
    /// - Throws: `CardError`: `.deadlineExceeded` or `.cancelled` before sending, where the body has no time left;
    ///   `.transactionOver` after the body ended.
    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        guard isOpen else { throw CardError(.transactionOver, subject: handle.reader) }
        if let error = verdict() ?? handle.abandonment { throw error }
        return try handle.transmit(command.bytes)
    }

    func close() { isOpen = false }
}

extension CardError.Code {
    /// The channel of a transaction was used after its end.
    public static let transactionOver = Self(
        description: "the transaction is over", remedy: "Begin another, and use its channel inside its body only.")
    /// An earlier call was given up before its answer came.
    public static let callAbandoned = Self(
        description: "an earlier call was given up, what the card did with it is unknown",
        remedy: "Reset the card or connect again.")
}
