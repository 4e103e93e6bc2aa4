internal import Dispatch
internal import Synchronization

/// Commits the changes of many callers at once: all that came while the last commit was on its way.
///
/// Each change succeeds or fails for itself; what one that failed has written is undone, and nobody else's. No caller
/// blocks a thread while it waits.
public final class GroupCommit: Sendable {
    /// How many changes a commit has at most, so that the first of them does not wait for long.
    public static let maxCount = 500

    private struct State {
        var waiting: [any PendingChange] = []
        var isCommitting = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "records")

    public init() {}

    /// Carries out a change in the next commit, as `RecordStore.commit(_:)`.
    ///
    /// - Parameters:
    ///   - change: what to do.
    ///   - write: one commit of the database; that of whoever waits first carries out the changes of all.
    public func commit<Value: Sendable>(
        _ change: @escaping @Sendable (any RecordAccess) throws(HostError) -> Value,
        write: @escaping @Sendable ((any RecordAccess, any SQLConnection) throws -> Void) throws(HostError) -> Void
    ) async throws(HostError) -> Value {
        let result = await withCheckedContinuation { continuation in
            add(Pending(change, continuation), write)
        }
        return try result.get()
    }

    private func add(
        _ change: any PendingChange,
        _ write: @escaping @Sendable ((any RecordAccess, any SQLConnection) throws -> Void) throws(HostError) -> Void
    ) {
        let isFirst = state.withLock { state in
            state.waiting.append(change)
            defer { state.isCommitting = true }
            return !state.isCommitting
        }
        if isFirst { queue.async { self.commitAll(write) } }
    }

    private func commitAll(
        _ write: ((any RecordAccess, any SQLConnection) throws -> Void) throws(HostError) -> Void
    ) {
        while true {
            let group = state.withLock { state in
                let group = state.waiting.prefix(GroupCommit.maxCount)
                state.waiting.removeFirst(group.count)
                state.isCommitting = !group.isEmpty
                return Array(group)
            }
            if group.isEmpty { return }
            var failure: HostError?
            do throws(HostError) {
                try write { access, connection in
                    for change in group { try change.attempt(access, connection) }
                }
            } catch {
                failure = error
            }
            for change in group { change.end(failure) }
        }
    }
}

/// A change whose caller waits.
private protocol PendingChange: Sendable {
    /// Makes the change, or leaves everything as it was.
    ///
    /// - Throws: the database's error, if it cannot undo the change.
    func attempt(_ access: any RecordAccess, _ connection: any SQLConnection) throws

    /// Answers the caller, after the commit or its failure.
    func end(_ failure: HostError?)
}

private final class Pending<Value: Sendable>: PendingChange {
    private let change: @Sendable (any RecordAccess) throws(HostError) -> Value
    private let continuation: CheckedContinuation<Result<Value, HostError>, Never>
    private let outcome = Mutex<Result<Value, HostError>?>(nil)

    init(
        _ change: @escaping @Sendable (any RecordAccess) throws(HostError) -> Value,
        _ continuation: CheckedContinuation<Result<Value, HostError>, Never>
    ) {
        self.change = change
        self.continuation = continuation
    }

    func attempt(_ access: any RecordAccess, _ connection: any SQLConnection) throws {
        var outcome: Result<Value, HostError>?
        do {
            try connection.savepoint {
                let made = Result { () throws(HostError) in try change(access) }
                outcome = made
                _ = try made.get()
            }
        } catch {
            // Undone for its own reason; otherwise the database failed, and nobody's change can be made.
            guard case .failure? = outcome else { throw error }
        }
        self.outcome.withLock { $0 = outcome }
    }

    func end(_ failure: HostError?) {
        switch (outcome.withLock { $0 }, failure) {
        case (let outcome?, nil): continuation.resume(returning: outcome)
        // Of a commit that failed, a change that was refused was refused all the same.
        case (.failure(let error)?, _): continuation.resume(returning: .failure(error))
        case (_, let failure?): continuation.resume(returning: .failure(failure))
        case (nil, nil): preconditionFailure("every change of a commit was attempted")
        }
    }
}
