import ISO7816

/// Begins, runs and ends a transaction, on the card's thread.
func runTransaction<Value>(
    _ handle: CardHandle, _ call: BlockingCall<Value, any Error>, restarts: Int, _ body: (Transaction) throws -> Value
) throws -> Value {
    if let cancellationError = handle.cancellationError { throw cancellationError }
    var restarts = restarts
    var isRestarted = false
    /// Whether to restart after another program's reset.
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
        // Waiting for other programs may have exceeded the deadline. The card is left as they left it.
        if let verdict = call.verdict {
            endTransaction(handle, .leave)
            throw verdict
        }
        let transaction = Transaction(handle, isRestarted: isRestarted, verdict: { call.verdict })
        defer { transaction.close() }
        do {
            let value = try HeldReaders.holding(handle.reader) { try body(transaction) }
            endTransaction(handle, call.isCancelled ? .reset : .leave)
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

/// Ends a transaction. If that fails, the card or its reader is gone; the result of the body remains valid, and the
/// next call reports the error.
private func endTransaction(_ handle: CardHandle, _ disposition: CardDisposition) {
    do throws(CardError) { try handle.endTransaction(disposition) } catch { return }
}

/// Resets a card whose transaction completed just after its task was cancelled.
func recover(_ handle: CardHandle) {
    do throws(CardError) { try handle.reconnect(.reset) } catch { handle.cancellationError = error }
}
