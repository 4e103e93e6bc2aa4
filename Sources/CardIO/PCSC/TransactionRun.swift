import ISO7816

/// Begins, runs and ends a transaction, on the card's thread.
func runTransaction<Value>(
    _ handle: CardHandle, _ call: BlockingCall<Value, any Error>, restarts: Int, _ body: (Transaction) throws -> Value
) throws -> Value {
    if let abandonment = handle.abandonment { throw abandonment }
    var restarts = restarts
    var isRestarted = false
    /// Whether another program's reset is met by beginning again.
    func begins(againAfter error: any Error) -> Bool {
        guard restarts > 0, let error = error as? CardError, error.code == .cardReset else { return false }
        restarts -= 1
        isRestarted = true
        return true
    }
    while true {
        do throws(CardError) {
            try handle.beginTransaction()
        } catch {
            guard begins(againAfter: error) else { throw error }
            continue
        }
        // The wait for other programs may have taken all the time there was. What they left on the card stays.
        if let verdict = call.verdict {
            endTransaction(handle, .leave)
            throw verdict
        }
        let transaction = Transaction(handle, isRestarted: isRestarted, verdict: { call.verdict })
        defer { transaction.close() }
        do {
            let value = try HeldReaders.holding(handle.reader) { try body(transaction) }
            endTransaction(handle, call.isGivenUp ? .reset : .leave)
            return value
        } catch {
            if !transaction.hasSent, begins(againAfter: error) {
                endTransaction(handle, .leave)
                continue
            }
            endTransaction(handle, .reset)
            throw error
        }
    }
}

/// Ends a transaction. Where that fails the card or its reader is gone; what the body brought stays true, and the next
/// call says what is wrong.
private func endTransaction(_ handle: CardHandle, _ disposition: CardDisposition) {
    do throws(CardError) { try handle.endTransaction(disposition) } catch { return }
}

/// Resets a card whose transaction was done when its task had just been let go.
func recover(_ handle: CardHandle) {
    do throws(CardError) { try handle.reconnect(.reset) } catch { handle.abandonment = error }
}
