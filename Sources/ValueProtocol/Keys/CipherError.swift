/// Why libcrypto cannot serve.
public struct CipherError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        /// The library lacks an algorithm.
        case unavailable
        /// The random generator is not seeded.
        case noRandomness
        /// A sealed text does not open: wrong passphrase, or it was altered.
        case notAuthentic
    }

    public let code: Code
    /// The algorithm or the thing concerned.
    public let subject: String

    public init(_ code: Code, _ subject: String) {
        self.code = code
        self.subject = subject
    }

    public var description: String {
        switch code {
        case .unavailable: "libcrypto offers no \(subject). Install OpenSSL 3.0 or later with its default provider."
        case .noRandomness: "\(subject): the system gives no random bytes. Wait until its generator is seeded."
        case .notAuthentic: "\(subject) does not open: the passphrase is wrong or the file was altered. Try again."
        }
    }
}
