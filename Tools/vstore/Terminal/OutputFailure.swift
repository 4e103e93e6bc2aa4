import Synchronization

/// Output that could not be written, kept until the program's work is done, which then fails.
enum OutputFailure {
    private static let first = Mutex<Failure?>(nil)

    /// Keeps a failure; the first one counts.
    static func note(_ failure: Failure) {
        first.withLock { if $0 == nil { $0 = failure } }
    }

    /// - Throws: `Failure` where output was lost.
    static func check() throws(Failure) {
        if let failure = first.withLock({ $0 }) { throw failure }
    }
}
