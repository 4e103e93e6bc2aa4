import Dispatch

/// Runs blocking work on its own thread: the cooperative pool has as many threads as the machine has processors,
/// and two tests that block there would keep all others, and what they wait for, from running.
package func offPool<Value: Sendable>(_ body: sending @escaping () throws -> Value) async throws -> Value {
    nonisolated(unsafe) let body = body
    let outcome: Result<Value, any Error> = await withCheckedContinuation { continuation in
        DispatchQueue(label: "off the pool").async { continuation.resume(returning: Result { try unsafe body() }) }
    }
    return try outcome.get()
}
