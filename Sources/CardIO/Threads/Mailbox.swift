#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The job queue of one thread: any thread enqueues, one thread dequeues and waits while it is empty.
@safe final class Mailbox: @unchecked Sendable {
    typealias Job = () -> Void

    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let filled = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    // Everything below is accessed with the lock held.
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

    /// Enqueues a job.
    func enqueue(_ job: sending @escaping Job) {
        unsafe pthread_mutex_lock(lock)
        incoming.append(job)
        unsafe pthread_cond_signal(filled)
        unsafe pthread_mutex_unlock(lock)
    }

    /// Makes `dequeue` return nil once the queued jobs are dequeued.
    func close() {
        unsafe pthread_mutex_lock(lock)
        isClosed = true
        unsafe pthread_cond_signal(filled)
        unsafe pthread_mutex_unlock(lock)
    }

    /// Waits for the next job; nil when the mailbox is closed and empty.
    func dequeue() -> Job? {
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
