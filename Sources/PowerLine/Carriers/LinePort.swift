internal import SystemPackage

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// An open non-blocking descriptor: a socket, or a serial device.
final class LinePort: Sendable {
    let descriptor: CInt
    private var file: FileDescriptor { FileDescriptor(rawValue: descriptor) }

    /// Takes ownership of the descriptor.
    init(taking descriptor: CInt) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    /// Two ends of a pipe: what is written to the second is read from the first.
    static func pair() throws(LineError) -> (read: LinePort, write: LinePort) {
        do {
            let ends = try FileDescriptor.pipe()
            return (LinePort(taking: ends.readEnd.rawValue), LinePort(taking: ends.writeEnd.rawValue))
        } catch {
            throw LineError(.noResources, "a pipe", cause: error)
        }
    }

    deinit {
        do {
            try file.close()
        } catch {
            // The bytes sent may have arrived or not; either end finds out by itself.
            return
        }
    }

    /// Reads the available bytes.
    ///
    /// - Returns: no bytes if none are available; nil if the other end is closed.
    func read() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 1024)
        do {
            let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
            return count > 0 ? Array(buffer.prefix(count)) : nil
        } catch {
            return isNotReady(error) ? [] : nil
        }
    }

    /// Writes all bytes, waiting until the deadline for buffer capacity.
    ///
    /// - Returns: whether all were written.
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

    /// Sockets are written without SIGPIPE, which would end the program when the peer has closed.
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

    /// Waits until one of them is ready for the requested events, or the deadline.
    ///
    /// - Returns: which of them are ready, including hang-up.
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
// Inside the type, its own method hides the system's function.
private func systemSend(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: CInt) -> Int {
    unsafe send(descriptor, bytes, count, flags)
}
#endif
