#if os(Linux)
#if canImport(Glibc)
import Glibc
#else
import Musl
#endif

/// The UNIX sockets of this machine, as Linux lists them.
enum SystemSockets {
    /// NETLINK_SOCK_DIAG.
    private static let diagnosis: Int32 = 4

    /// All connected sockets of this network namespace; empty where the system call fails.
    static func connected() -> [UnixSocket] {
        let descriptor = socket(AF_NETLINK, kind, diagnosis)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        let request = UnixSocket.request
        guard unsafe send(descriptor, request, request.count, 0) == request.count else { return [] }
        var sockets: [UnixSocket] = []
        while true {
            // The kernel's datagrams have at most 32 KB.
            let datagram = unsafe [UInt8](unsafeUninitializedCapacity: 65_536) { room, count in
                count = max(0, unsafe recv(descriptor, room.baseAddress, room.count, 0))
            }
            let answer = UnixSocket.parse(datagram)
            sockets += answer.sockets
            if answer.isLast { return sockets }
        }
    }

    /// The file at `path`, if it exists.
    static func file(_ path: String) -> UnixSocket.File? {
        var facts = stat()
        guard unsafe stat(path, &facts) == 0 else { return nil }
        // User space gets both numbers split: major in bits 8 to 19 and 32 to 63, minor in 0 to 7 and 20 to 31.
        let device = UInt64(facts.st_dev)
        let major = (device >> 8 & 0xFFF) | (device >> 32 & ~0xFFF)
        let minor = (device & 0xFF) | (device >> 12 & 0xFFFF_FF00)
        return UnixSocket.File(
            inode: UInt32(truncatingIfNeeded: facts.st_ino), device: UInt32(truncatingIfNeeded: major << 20 | minor))
    }

    private static var kind: Int32 {
        #if canImport(Glibc)
        Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        #else
        SOCK_RAW | SOCK_CLOEXEC
        #endif
    }
}
#endif
