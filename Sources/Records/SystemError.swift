#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// What the system says of a call that failed, by its `errno`.
public struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
    public let number: CInt
    public init(_ number: CInt) { self.number = number }

    public var description: String {
        unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
    }
}

extension HostError {
    /// A failed call upon the file `path`, in the host's terms.
    package init(errno number: CInt, _ path: String) {
        let code: Code =
            switch number {
            case ENOENT: .noFile
            case EEXIST: .fileExists
            case ENOSPC, EDQUOT: .diskFull
            default: .fileUnreachable
            }
        self.init(code, path, cause: SystemError(number))
    }
}
