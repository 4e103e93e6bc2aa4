internal import Dispatch
internal import Synchronization
package import ValueProtocol

/// Commits the changes of many callers at once: all that came while the last commit was on its way.
///
/// Each change succeeds or fails for itself; what one that failed has written is undone, and nobody else's. No caller
/// blocks a thread while it waits.
package final class GroupCommit: Sendable {
    /// How many changes a commit has at most, so that the first of them does not wait for long.
    package static let maxCount = 500

    /// One commit: `changes` gets the records, of which each call can be undone alone if `undoesCalls`, and the connection.
    package typealias Write =
        @Sendable (
            _ undoesCalls: Bool, _ changes: (RecordScope, any SQLConnection) throws -> Void
        ) throws(HostError) -> Void

    private struct State {
        var waiting: [any PendingChange] = []
        var isCommitting = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "records")

    package init() {}

    /// Carries out a change in the next commit, as `RecordStore.commit(_:)`.
    ///
    /// - Parameters:
    ///   - eid: the element that the change is about; nil if that is not known.
    ///   - change: what to do.
    ///   - write: one commit of the database; that of the caller who waits first carries out the changes of all.
    package func commit<Value: Sendable>(
        about eid: PartyID?, _ change: @escaping @Sendable (any RecordAccess) throws(HostError) -> Value,
        write: @escaping Write
    ) async throws(HostError) -> Value {
        let result = await withCheckedContinuation { continuation in
            add(Pending(eid, change, continuation), write)
        }
        return try result.get()
    }

    private func add(_ change: any PendingChange, _ write: @escaping Write) {
        let isFirst = state.withLock { state in
            state.waiting.append(change)
            defer { state.isCommitting = true }
            return !state.isCommitting
        }
        if isFirst { queue.async { self.commitAll(write) } }
    }

    private func commitAll(_ write: Write) {
        while true {
            let group = state.withLock { state in
                let group = state.waiting.prefix(GroupCommit.maxCount)
                state.waiting.removeFirst(group.count)
                state.isCommitting = !group.isEmpty
                return Array(group)
            }
            if group.isEmpty { return }
            let failure = commit(group, write)
            for change in group { change.end(failure) }
        }
    }

    /// Most often every call succeeds. Where one does not, all changes are made once more, so that each change can be
    /// undone alone, and each call of a change that goes on.
    private func commit(_ group: [any PendingChange], _ write: Write) -> HostError? {
        var (isWritten, hasFailedCall) = (false, false)
        do throws(HostError) {
            try write(false) { records, connection in
                isWritten = false
                try records.readAhead(group.compactMap(\.eid))
                for change in group { try change.attempt(records) }
                hasFailedCall = records.hasFailedCall
                if hasFailedCall { throw HostError(.locked, records.path) }
                try connection.flushNotes()
                isWritten = true
            }
            return nil
        } catch {
            // What failed alone has its error; a commit that failed would fail again.
            // What cannot be read or written of one element is nobody else's error.
            guard hasFailedCall || group.count > 1 && !isWritten else { return error }
        }
        do throws(HostError) {
            try write(true) { records, connection in
                for change in group { try change.attempt(records, in: connection) }
            }
            return nil
        } catch {
            return error
        }
    }
}

/// A change whose caller waits.
private protocol PendingChange: Sendable {
    /// The element that it is about; nil if that is not known.
    var eid: PartyID? { get }

    /// Makes the change.
    ///
    /// - Throws: what the change throws.
    func attempt(_ access: any RecordAccess) throws

    /// Whether the last attempt failed.
    var hasFailed: Bool { get }

    /// Answers the caller, after the commit or its failure.
    func end(_ failure: HostError?)
}

extension PendingChange {
    /// Makes the change, or leaves everything as it was.
    ///
    /// - Throws: the database's error, if others' changes cannot be made either, or another process is in the way.
    func attempt(_ access: any RecordAccess, in connection: any SQLConnection) throws {
        do {
            try connection.savepoint { try attempt(access) }
        } catch {
            guard hasFailed, (error as? HostError)?.code != .locked else { throw error }
        }
    }
}

private final class Pending<Value: Sendable>: PendingChange {
    let eid: PartyID?
    private let change: @Sendable (any RecordAccess) throws(HostError) -> Value
    private let continuation: CheckedContinuation<Result<Value, HostError>, Never>
    private let outcome = Mutex<Result<Value, HostError>?>(nil)

    init(
        _ eid: PartyID?, _ change: @escaping @Sendable (any RecordAccess) throws(HostError) -> Value,
        _ continuation: CheckedContinuation<Result<Value, HostError>, Never>
    ) {
        self.eid = eid
        self.change = change
        self.continuation = continuation
    }

    var hasFailed: Bool {
        outcome.withLock {
            if case .failure? = $0 { true } else { false }
        }
    }

    func attempt(_ access: any RecordAccess) throws {
        outcome.withLock { $0 = nil }
        let made = Result { () throws(HostError) in try change(access) }
        outcome.withLock { $0 = made }
        _ = try made.get()
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
