import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A connected TCP socket, closed with the value.
struct TCPSocket: ~Copyable {
    let descriptor: Int32

    /// Connects, with the system's timeout.
    init(host: String, port: UInt16) throws(Errno) {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = streamSocket
        var list: UnsafeMutablePointer<addrinfo>?
        let lookup = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard lookup == 0 else { throw .addressNotAvailable }
        defer { unsafe freeaddrinfo(list) }
        var failure = Errno.addressNotAvailable
        var entry = unsafe list
        while let address = unsafe entry {
            let descriptor = unsafe socket(
                address.pointee.ai_family, address.pointee.ai_socktype, address.pointee.ai_protocol)
            if descriptor >= 0 {
                if unsafe connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 {
                    self.descriptor = descriptor
                    prepare()
                    return
                }
                failure = Errno(rawValue: errno)
                close(descriptor)
            } else {
                failure = Errno(rawValue: errno)
            }
            unsafe entry = address.pointee.ai_next
        }
        throw failure
    }

    deinit { close(descriptor) }

    private func prepare() {
        switchOn(Int32(IPPROTO_TCP), TCP_NODELAY)
        #if canImport(Darwin)
        switchOn(SOL_SOCKET, SO_NOSIGPIPE)
        #endif
    }

    private func switchOn(_ level: Int32, _ option: Int32) {
        var on: Int32 = 1
        // A socket that refuses an option still works, only slower.
        unsafe setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Requests an immediate acknowledgement of the next segment. The option is not permanent, so it is set again each
    /// time.
    func acknowledgeAtOnce() {
        #if !canImport(Darwin)
        switchOn(Int32(IPPROTO_TCP), TCP_QUICKACK)
        #endif
    }

    /// Receives available bytes into `buffer`, waiting for the first; 0 when the other side has closed.
    func receive(into buffer: inout [UInt8]) throws(Errno) -> Int {
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count >= 0 { return count }
            let failure = Errno(rawValue: errno)
            if failure != .interrupted { throw failure }
        }
    }

    /// Shuts down both directions, which also wakes a receiving thread. The descriptor stays open until the value is
    /// released.
    func shutDown() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Shuts down receiving alone, which wakes a receiving thread; what is sent still arrives.
    func shutDownReceiving() { shutdown(descriptor, Int32(SHUT_RD)) }

    /// Sends all bytes.
    func send(_ bytes: [UInt8]) throws(Errno) {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                #if canImport(Darwin)
                let flags: Int32 = 0
                #else
                let flags = Int32(MSG_NOSIGNAL)
                #endif
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[sent...])
                return unsafe posixSend(descriptor, rest.baseAddress, rest.count, flags)
            }
            if count < 0 {
                let failure = Errno(rawValue: errno)
                if failure != .interrupted { throw failure }
            } else {
                sent += count
            }
        }
    }
}

#if canImport(Glibc)
private let streamSocket = Int32(SOCK_STREAM.rawValue)
#else
private let streamSocket = SOCK_STREAM
#endif

/// `send` under a name that the method above does not shadow.
private func posixSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
    unsafe send(descriptor, bytes, count, flags)
}
