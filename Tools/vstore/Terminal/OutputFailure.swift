import Synchronization

/// Output that could not be written, kept until the program's work is done, which then fails.
enum OutputFailure {
    private static let noted = Mutex<Failure?>(nil)

    /// The first failure; nil where no output was lost.
    static var first: Failure? { noted.withLock { $0 } }

    /// Keeps a failure; the first one counts.
    static func note(_ failure: Failure) {
        noted.withLock { if $0 == nil { $0 = failure } }
    }
}
