#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Prevents connections from being closed while the process exits.
///
/// Cards are released on threads of their own. When the program returns from main meanwhile, libpcsclite frees its
/// lists (`SCardUnload`, a destructor of the library), and a call that looks something up in them then crashes the
/// process on exit. The service closes what an exited process had open.
@safe enum ProcessEnd {
    private nonisolated(unsafe) static let lock: UnsafeMutablePointer<pthread_rwlock_t> = {
        let lock = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)
        unsafe pthread_rwlock_init(lock, nil)
        return unsafe lock
    }()

    /// From now on, process exit waits for closings in progress, and no new one starts.
    static let isWatched: Bool = {
        // Handlers run before library destructors. The lock is never released: the process is exiting.
        atexit { unsafe pthread_rwlock_wrlock(ProcessEnd.lock) } == 0
    }()

    /// Closes something, unless the process is exiting.
    static func unlessEnding(_ close: () -> Void) {
        guard unsafe pthread_rwlock_tryrdlock(lock) == 0 else { return }
        defer { unsafe pthread_rwlock_unlock(lock) }
        close()
    }
}
