import Foundation
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Two pseudo-terminals with a cable between them: what is written to one comes out of the other.
final class TerminalPair: Sendable {
    private let meter: CInt
    private let host: CInt
    let meterPath: String
    let hostPath: String

    init() throws {
        (meter, meterPath) = try TerminalPair.open()
        (host, hostPath) = try TerminalPair.open()
    }

    deinit {
        close(meter)
        close(host)
    }

    private static func open() throws -> (CInt, String) {
        #if canImport(Glibc)
        // The calls of ptmx(4) and ioctl_tty(2), of which Swift imports only this one.
        let descriptor = systemOpen("/dev/ptmx", O_RDWR | O_NOCTTY)
        var (unlocked, number): (CInt, CInt) = (0, 0)
        try #require(descriptor >= 0 && ioctl(descriptor, 0x4004_5431, &unlocked) == 0)
        try #require(ioctl(descriptor, 0x8004_5430, &number) == 0)
        return (descriptor, "/dev/pts/\(number)")
        #else
        let descriptor = posix_openpt(O_RDWR | O_NOCTTY)
        try #require(descriptor >= 0 && grantpt(descriptor) == 0 && unlockpt(descriptor) == 0)
        return (descriptor, String(cString: try #require(ptsname(descriptor))))
        #endif
    }

    /// Carries bytes in both directions until it is stopped.
    func cable() -> Cable { Cable(meter, host) }

    final class Cable: Sendable {
        private let wake: [CInt]
        private let done = DispatchSemaphore(value: 0)

        init(_ a: CInt, _ b: CInt) {
            var ends: [CInt] = [0, 0]
            pipe(&ends)
            wake = ends
            let (wake, done) = (wake, done)
            Thread.detachNewThread {
                var room = [UInt8](repeating: 0, count: 4096)
                while true {
                    var list = [a, b, wake[0]].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
                    poll(&list, 3, -1)
                    if list[2].revents != 0 { break }
                    for (from, to) in [(0, b), (1, a)] where list[from].revents & Int16(POLLIN) != 0 {
                        let count = read(list[from].fd, &room, room.count)
                        if count > 0 { write(to, room, count) }
                    }
                    // An end that is not open is always ready, so wait to avoid a busy loop.
                    if list[0].revents | list[1].revents == Int16(POLLHUP) { poll(nil, 0, 5) }
                }
                done.signal()
            }
        }

        func stop() {
            write(wake[1], [0], 1)
            done.wait()
            close(wake[0])
            close(wake[1])
        }
    }
}

private func systemOpen(_ path: String, _ flags: CInt) -> CInt { open(path, flags) }
