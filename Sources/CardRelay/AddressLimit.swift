internal import Synchronization

/// Counts connections per address, so that one machine does not keep the others out.
final class AddressLimit: Sendable {
    private let limit: Int
    private let counts = Mutex<[String: Int]>([:])

    init(_ limit: Int) { self.limit = limit }

    /// Counts a connection from `address`.
    ///
    /// - Returns: false where there are as many as may be already; it is then not counted.
    func enter(_ address: String) -> Bool {
        counts.withLock { counts in
            let count = counts[address, default: 0]
            guard count < limit else { return false }
            counts[address] = count + 1
            return true
        }
    }

    /// Ends a connection that was counted.
    func leave(_ address: String) {
        counts.withLock { counts in
            let count = counts[address, default: 0] - 1
            counts[address] = count > 0 ? count : nil
        }
    }
}
