public import ISO7816
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A thread for blocking calls, so that they never block a thread of Swift's cooperative pool.
///
/// Jobs run one after the other. As a `SerialExecutor` it can also run an actor that works with cards. When this value
/// is released, the thread finishes its jobs and ends.
public final class CardThread: SerialExecutor {
    private let mailbox: Mailbox

    /// Starts the thread.
    ///
    /// - Throws: `CardError` with code `.noThread` where the system cannot create a thread.
    public init() throws(CardError) {
        let mailbox = Mailbox()
        let context = unsafe Unmanaged.passRetained(mailbox)
        #if canImport(Darwin)
        var thread: pthread_t?
        #else
        var thread = pthread_t()
        #endif
        let result = unsafe pthread_create(&thread, nil, runMailbox, context.toOpaque())
        guard result == 0 else {
            unsafe context.release()
            throw CardError(
                .noThread, subject: "thread for card calls",
                cause: Errno(rawValue: result))
        }
        #if canImport(Darwin)
        if let thread = unsafe thread { unsafe pthread_detach(thread) }
        #else
        pthread_detach(thread)
        #endif
        self.mailbox = mailbox
    }

    deinit { mailbox.close() }

    /// Runs `job` on the thread, after those already queued.
    public func perform(_ job: sending @escaping () -> Void) { mailbox.enqueue(job) }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = unsafe asUnownedSerialExecutor()
        mailbox.enqueue { unsafe job.runSynchronously(on: executor) }
    }
}

#if canImport(Darwin)
private func runMailbox(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    drain(unsafe Unmanaged<Mailbox>.fromOpaque(context).takeRetainedValue())
    return nil
}
#else
private func runMailbox(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context else { return nil }
    drain(unsafe Unmanaged<Mailbox>.fromOpaque(context).takeRetainedValue())
    return nil
}
#endif

private func drain(_ mailbox: Mailbox) {
    while let job = mailbox.dequeue() { job() }
}
