#if os(Linux)
#if canImport(Glibc)
import Glibc
#else
import Musl
#endif
#endif

/// The socket on which libpcsclite reaches the service.
enum ServiceSocket {
    #if os(Linux)
    static var path: String {
        guard let path = unsafe getenv("PCSCLITE_CSOCK_NAME") else { return "/run/pcscd/pcscd.comm" }
        return unsafe String(cString: path)
    }

    /// Whether a service is listening on it; nil where the system does not tell.
    ///
    /// A crashed service leaves a file on which nothing listens.
    static var isServed: Bool? {
        var address = sockaddr_un()
        let path = Array(path.utf8)
        let isNamed = unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            // Leaves a terminating zero.
            guard path.count < room.count else { return false }
            unsafe room.copyBytes(from: path)
            return true
        }
        guard isNamed else { return false }
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        address.sun_family = sa_family_t(AF_UNIX)
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        // EAGAIN: the listen queue is full, so a service is listening.
        return result == 0 || errno == EAGAIN
    }

    private static var kind: Int32 {
        #if canImport(Glibc)
        Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        #else
        SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK
        #endif
    }
    #else
    static let isServed: Bool? = nil
    #endif
}
