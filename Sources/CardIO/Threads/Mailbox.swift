#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The jobs of one thread, in order: any thread puts them in, one takes them out and waits where there is none.
@safe final class Mailbox: @unchecked Sendable {
    typealias Job = () -> Void

    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let filled = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    // Everything below is touched with the lock held.
    private var incoming: [Job] = []
    private var outgoing: [Job] = []
    private var isClosed = false

    init() {
        unsafe pthread_mutex_init(lock, nil)
        unsafe pthread_cond_init(filled, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(filled)
        unsafe pthread_mutex_destroy(lock)
        unsafe filled.deallocate()
        unsafe lock.deallocate()
    }

    /// Adds a job behind those that wait.
    func put(_ job: sending @escaping Job) {
        unsafe pthread_mutex_lock(lock)
        incoming.append(job)
        unsafe pthread_cond_signal(filled)
        unsafe pthread_mutex_unlock(lock)
    }

    /// Lets `take` end with nil once the jobs that wait are taken.
    func close() {
        unsafe pthread_mutex_lock(lock)
        isClosed = true
        unsafe pthread_cond_signal(filled)
        unsafe pthread_mutex_unlock(lock)
    }

    /// The next job, waiting for it; nil when the box is closed and empty.
    func take() -> Job? {
        unsafe pthread_mutex_lock(lock)
        defer { unsafe pthread_mutex_unlock(lock) }
        while outgoing.isEmpty {
            if !incoming.isEmpty {
                outgoing = incoming.reversed()
                incoming.removeAll(keepingCapacity: true)
            } else if isClosed {
                return nil
            } else {
                unsafe pthread_cond_wait(filled, lock)
            }
        }
        return outgoing.removeLast()
    }
}
