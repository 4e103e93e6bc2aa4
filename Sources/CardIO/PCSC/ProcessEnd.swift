#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Keeps connections from being closed while the process ends.
///
/// Cards are let go on threads of their own. When the program returns from its main function meanwhile, libpcsclite takes
/// its lists down (`SCardUnload`, a destructor of the library), and a call that looks something up in them then crashes
/// the program at its very end. The service closes what an ended process had open.
@safe enum ProcessEnd {
    private nonisolated(unsafe) static let lock: UnsafeMutablePointer<pthread_rwlock_t> = {
        let lock = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)
        unsafe pthread_rwlock_init(lock, nil)
        return unsafe lock
    }()

    /// From now on, closings that are under way are waited for when the process ends, and none begins then.
    static let isWatched: Bool = {
        // Handlers run before any library's destructors. It keeps the lock: the process has no later.
        atexit { unsafe pthread_rwlock_wrlock(ProcessEnd.lock) } == 0
    }()

    /// Closes something, unless the process ends.
    static func unlessEnding(_ close: () -> Void) {
        guard unsafe pthread_rwlock_tryrdlock(lock) == 0 else { return }
        defer { unsafe pthread_rwlock_unlock(lock) }
        close()
    }
}
