internal import Dispatch
import Records

/// What each of `count` callers found, who take turns with the stores.
///
/// - Throws: what is not a `HostError`.
func together<Value: Sendable>(
    _ count: Int, in stores: [any RecordStore],
    _ body: @escaping @Sendable (any RecordStore, Int) async throws -> Value
) async throws -> [Result<Value, HostError>] {
    try await withThrowingTaskGroup { group in
        for index in 0..<count {
            let store = stores[index % stores.count]
            group.addTask { () async throws -> Result<Value, HostError> in
                do {
                    return .success(try await body(store, index))
                } catch let error as HostError {
                    return .failure(error)
                }
            }
        }
        var results: [Result<Value, HostError>] = []
        for try await result in group { results.append(result) }
        return results
    }
}

/// Carries out a call that blocks on a thread of its own: so callers meet, however few threads tasks have here.
func apart<Value: Sendable>(_ call: @escaping @Sendable () throws -> Value) async throws -> Value {
    let outcome: Result<Value, any Error> = await withCheckedContinuation { continuation in
        DispatchQueue(label: "caller of a store").async { continuation.resume(returning: Result(catching: call)) }
    }
    return try outcome.get()
}
