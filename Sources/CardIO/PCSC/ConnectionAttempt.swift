internal import CPCSC
import ISO7816

/// An attempt to connect to a card: the parameters, and how long to wait for a card that others hold.
struct ConnectionAttempt {
    /// Maximum wait for a change of the reader state. Not every service reports that a program released the card.
    private static let maxWait: UInt32 = 50

    let reader: String
    let mode: ShareMode
    /// The protocols that may be used, as the service's flags.
    let protocols: DWORD
    let timeout: Duration
    let clock: DeadlineClock

    /// Tries to connect whenever the reader state changed, until connected or the timeout is over.
    ///
    /// - Parameter shouldContinue: whether the caller still waits for the connection.
    /// - Throws: `CardError`, `.sharingViolation` where the card is still held by others; at once where this program
    ///   holds it.
    func make(
        in context: borrowing PCSCContext, while shouldContinue: () -> Bool
    ) throws(CardError) -> (handle: SCARDHANDLE, active: DWORD) {
        let end = clock.now + timeout
        var known = UInt32(0)
        while true {
            var handle = SCARDHANDLE()
            var active = DWORD(0)
            let result = unsafe SCardConnect(context.handle, reader, mode.flag, protocols, &handle, &active)
            if result == 0 { return (handle, active) }
            guard result == long(SCARD_E_SHARING_VIOLATION), !ExclusiveHold.has(reader), shouldContinue(),
                clock.now < end
            else { throw failure(result, "SCardConnect", reader) }
            known = try change(from: known, in: context)
        }
    }

    /// Waits briefly until the reader's state is no longer `known`, and returns it.
    private func change(from known: UInt32, in context: borrowing PCSCContext) throws(CardError) -> UInt32 {
        do {
            return try context.states(of: [(reader, known)], milliseconds: Self.maxWait).first?.known ?? known
        } catch {
            guard error.code == .deadlineExceeded else { throw error }
            return known
        }
    }
}
