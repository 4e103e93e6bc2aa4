internal import CPCSC
import ISO7816

/// A connection to a card that is being made: what is wanted, and how long a card that others hold is waited for.
struct ConnectionAttempt {
    /// How long a wait for a change of the reader lasts at most. Not every service tells that a program let go.
    private static let longestWait: UInt32 = 50

    let reader: String
    let mode: ShareMode
    /// The protocols that may be used, as the service's flags.
    let protocols: DWORD
    let patience: Duration
    let clock: DeadlineClock

    /// Connects, again whenever the reader changed, until the card is there or the patience is over.
    ///
    /// - Parameter isWanted: whether somebody still waits for the connection.
    /// - Throws: `CardError`, `.sharingViolation` where the card is still held by others; at once where this program is
    ///   the one that holds it.
    func make(
        in context: borrowing PCSCContext, while isWanted: () -> Bool
    ) throws(CardError) -> (handle: SCARDHANDLE, active: DWORD) {
        let end = clock.now + patience
        var known = UInt32(0)
        while true {
            var handle = SCARDHANDLE()
            var active = DWORD(0)
            let result = unsafe SCardConnect(context.handle, reader, mode.flag, protocols, &handle, &active)
            if result == 0 { return (handle, active) }
            guard result == long(SCARD_E_SHARING_VIOLATION), !ExclusiveHold.has(reader), isWanted(),
                clock.now < end
            else { throw failure(result, "SCardConnect", reader) }
            known = try change(from: known, in: context)
        }
    }

    /// Waits a moment until the reader's state is no longer `known`, and gives its state.
    private func change(from known: UInt32, in context: borrowing PCSCContext) throws(CardError) -> UInt32 {
        do {
            return try context.states(of: [(reader, known)], milliseconds: Self.longestWait).first?.known ?? known
        } catch {
            guard error.code == .deadlineExceeded else { throw error }
            return known
        }
    }
}
