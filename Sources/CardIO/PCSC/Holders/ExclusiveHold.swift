/// Registers a reader as exclusively connected by this program, for the lifetime of the value.
final class ExclusiveHold: Sendable {
    private static let readers = Lock<[String: Int]>([:])

    private let reader: String

    init(_ reader: String) {
        self.reader = reader
        Self.readers.withLock { $0[reader, default: 0] += 1 }
    }

    deinit {
        Self.readers.withLock { readers in
            let count = (readers[reader] ?? 1) - 1
            readers[reader] = count > 0 ? count : nil
        }
    }

    /// Whether this program has exclusive access to `reader`.
    static func has(_ reader: String) -> Bool { readers.withLock { $0[reader] != nil } }
}
