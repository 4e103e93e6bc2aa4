#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A call to the operating system that failed.
public struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The call's name.
    public let call: String
    /// The system's number for what went wrong (`errno`).
    public let number: Int32

    public init(call: String, number: Int32) {
        self.call = call
        self.number = number
    }

    /// Takes `errno`; to be made right after the call.
    init(_ call: String) { self.init(call: call, number: errno) }

    public var description: String { "\(call): \(unsafe String(cString: strerror(number)))" }
}
