import Dispatch

/// Runs work that blocks on a thread of its own: the cooperative pool has as many threads as the machine has processors,
/// and two tests that block there keep all others, and those that they wait for, from running.
package func offPool<Value: Sendable>(_ body: sending @escaping () throws -> Value) async throws -> Value {
    nonisolated(unsafe) let body = body
    let outcome: Result<Value, any Error> = await withCheckedContinuation { continuation in
        DispatchQueue(label: "off the pool").async { continuation.resume(returning: Result { try unsafe body() }) }
    }
    return try outcome.get()
}
