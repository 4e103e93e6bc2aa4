internal import Issuing
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Lets one thread after the other use the issuing desk's journal, which is locked while it is open, even within this
/// process.
///
/// The thread that has the turn may take it again, such as in a call of a desk's progress: it gets the same journal.
final class JournalTurn: Sendable {
    private let turn = Mutex(())
    /// The thread that has the turn; 0 for none.
    private let holder = Atomic<UInt>(0)
    /// Accessed by the holder alone.
    private nonisolated(unsafe) var journal: (any IssueJournal)?

    private static var thread: UInt {
        #if canImport(Darwin)
        UInt(pthread_mach_thread_np(pthread_self()))
        #else
        UInt(pthread_self())
        #endif
    }

    /// Waits for the turn, and keeps it until `body` is done.
    ///
    /// - Throws: `JournalError` if the journal does not open, such as where another process has it; what `body` throws.
    func take<Value>(
        _ open: () throws -> any IssueJournal, _ body: (any IssueJournal) throws -> Value
    ) throws -> Value {
        if holder.load(ordering: .acquiring) == Self.thread, let journal = unsafe journal { return try body(journal) }
        return try turn.withLock { _ in
            let opened = try open()
            unsafe journal = opened
            holder.store(Self.thread, ordering: .releasing)
            defer {
                holder.store(0, ordering: .releasing)
                unsafe journal = nil
            }
            return try body(opened)
        }
    }
}
