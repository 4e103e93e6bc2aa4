#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// An open descriptor that does not block: a socket, or a serial device.
final class LinePort {
    let descriptor: CInt

    /// Takes the descriptor over.
    init(taking descriptor: CInt) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit { closeDescriptor(descriptor) }

    /// Reads what is there.
    ///
    /// - Returns: no bytes where there are none now; nil where the other end is gone.
    func read() -> [UInt8]? {
        var room = [UInt8](repeating: 0, count: 1024)
        while true {
            let count = unsafe room.withUnsafeMutableBytes { unsafe systemRead(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { return Array(room.prefix(count)) }
            if count == 0 { return nil }
            if errno == EINTR { continue }
            return errno == EAGAIN || errno == EWOULDBLOCK ? [] : nil
        }
    }

    /// Writes all bytes, waiting until the deadline for room.
    ///
    /// - Returns: whether they went.
    func write(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count < 0, errno == EINTR {
                continue
            } else if count < 0, errno == EAGAIN || errno == EWOULDBLOCK {
                guard ContinuousClock.now < deadline else { return false }
                LinePoll.wait([(descriptor, Int16(POLLOUT))], until: deadline)
            } else {
                return false
            }
        }
        return true
    }
}

/// Waiting for descriptors.
enum LinePoll {
    static let readable = Int16(POLLIN)

    /// Waits until one of them has what is asked for, or the deadline.
    ///
    /// - Returns: which of them have something, hanging up included.
    @discardableResult
    static func wait(_ watched: [(CInt, Int16)], until deadline: ContinuousClock.Instant) -> [Bool] {
        var list = watched.map { pollfd(fd: $0.0, events: $0.1, revents: 0) }
        let milliseconds = max(0, (deadline - ContinuousClock.now) / .milliseconds(1)).rounded(.up)
        let count = unsafe poll(&list, nfds_t(list.count), CInt(min(milliseconds, 60_000)))
        guard count > 0 else { return watched.map { _ in false } }
        return list.map { $0.revents != 0 }
    }
}

func systemText(_ number: CInt) -> String { unsafe String(cString: strerror(number)) }

func closeDescriptor(_ descriptor: CInt) { close(descriptor) }

private func systemRead(_ descriptor: CInt, _ room: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    unsafe read(descriptor, room, count)
}

/// Sockets are written to without the signal that ends a program when nobody reads.
private func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Darwin)
    return unsafe write(descriptor, bytes, count)
    #else
    let sent = unsafe send(descriptor, bytes, count, CInt(MSG_NOSIGNAL))
    return sent < 0 && errno == ENOTSOCK ? unsafe write(descriptor, bytes, count) : sent
    #endif
}
