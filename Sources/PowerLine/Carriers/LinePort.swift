internal import SystemPackage

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
    private var file: FileDescriptor { FileDescriptor(rawValue: descriptor) }

    /// Takes the descriptor over.
    init(taking descriptor: CInt) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit {
        do {
            try file.close()
        } catch {
            // What was sent is on its way or lost; either end finds out by itself.
            return
        }
    }

    /// Reads what is there.
    ///
    /// - Returns: no bytes where there are none now; nil where the other end is gone.
    func read() -> [UInt8]? {
        var room = [UInt8](repeating: 0, count: 1024)
        do {
            let count = try unsafe room.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
            return count > 0 ? Array(room.prefix(count)) : nil
        } catch {
            return isNotReady(error) ? [] : nil
        }
    }

    /// Writes all bytes, waiting until the deadline for room.
    ///
    /// - Returns: whether they went.
    func write(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            do {
                let count = try send(rest)
                guard count > 0 else { return false }
                rest = rest.dropFirst(count)
            } catch {
                guard isNotReady(error), ContinuousClock.now < deadline else { return false }
                LinePoll.wait([(descriptor, Int16(POLLOUT))], until: deadline)
            }
        }
        return true
    }

    /// Sockets are written to without the signal that ends a program when nobody reads.
    private func send(_ bytes: ArraySlice<UInt8>) throws -> Int {
        #if !canImport(Darwin)
        while true {
            let count = unsafe bytes.withUnsafeBytes { bytes in
                unsafe systemSend(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
            }
            if count >= 0 { return count }
            let error = Errno(rawValue: errno)
            if error == .notSocket { break }
            if error != .interrupted { throw error }
        }
        #endif
        return try unsafe bytes.withUnsafeBytes { try unsafe file.write($0) }
    }

    private func isNotReady(_ error: any Error) -> Bool {
        guard let error = error as? Errno else { return false }
        return error == .resourceTemporarilyUnavailable || error == .wouldBlock
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

#if !canImport(Darwin)
// Within the type its own function has the system's name.
private func systemSend(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: CInt) -> Int {
    unsafe send(descriptor, bytes, count, flags)
}
#endif
