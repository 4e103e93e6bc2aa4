import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
private let streamType = CInt(SOCK_STREAM.rawValue)
private let noSignal = CInt(MSG_NOSIGNAL)
#else
import Darwin
private let streamType = SOCK_STREAM
private let noSignal: CInt = 0
#endif

/// A relay between two TCP ends on this machine that does to the pieces passing through it what a test says.
///
/// It carries one connection at a time, each until one end closes it or the test cuts it.
package final class TCPRelay: Sendable {
    /// The sender of a piece.
    package enum End: Sendable {
        /// The end that connected to the relay.
        case client
        /// The end to which the relay connected.
        case server
    }

    /// What arrives of a piece, on the relay's thread; nil cuts the connection.
    package typealias Fate = @Sendable (_ piece: [UInt8], _ from: End) -> [[UInt8]]?

    /// The error of a system call.
    package struct Failure: Error {
        package let call: String
        package let code: Int32
    }

    /// The port on which it listens.
    package let port: UInt16
    private let serverPort: Atomic<UInt16>
    private let isOver = Atomic(false)
    private let done = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - server: the port of the server; may be set later.
    ///   - fate: what arrives of each piece.
    package init(to server: UInt16 = 0, fate: @escaping Fate) throws {
        let listener = Self.own(socket(AF_INET, streamType, 0))
        var address = Self.loopback(0)
        guard listener >= 0, unsafe Self.with(&address, { unsafe bind(listener, $0, $1) }) == 0,
            listen(listener, 8) == 0,
            unsafe Self.with(&address, { unsafe getsockname(listener, $0, &$1) }) == 0
        else { throw Failure(call: "listen", code: errno) }
        port = UInt16(bigEndian: address.sin_port)
        serverPort = Atomic(server)
        Thread.detachNewThread { [self] in
            while !isOver.load(ordering: .acquiring) {
                guard Self.readable([listener])[0] else { continue }
                let client = Self.own(accept(listener, nil, nil))
                guard client >= 0 else { continue }
                carry(client, fate)
                close(client)
            }
            close(listener)
            done.signal()
        }
    }

    /// Sets the port of the server from now on.
    package func lead(to port: UInt16) { serverPort.store(port, ordering: .releasing) }

    /// Stops it, and waits for its end.
    package func stop() {
        isOver.store(true, ordering: .releasing)
        done.wait()
    }

    private func carry(_ client: CInt, _ fate: Fate) {
        let server = Self.own(socket(AF_INET, streamType, 0))
        defer { close(server) }
        var address = Self.loopback(serverPort.load(ordering: .acquiring))
        guard unsafe Self.with(&address, { unsafe connect(server, $0, $1) }) == 0 else { return }
        let ends = [client, server]
        while !isOver.load(ordering: .acquiring) {
            let ready = Self.readable(ends)
            for from in 0...1 where ready[from] {
                guard let piece = Self.receive(ends[from]),
                    let pieces = fate(piece, from == 0 ? .client : .server)
                else { return }
                for piece in pieces where !Self.send(piece, to: ends[1 - from]) { return }
            }
        }
    }

    /// The data received; nil where the end has closed.
    private static func receive(_ descriptor: CInt) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer[..<count]) : nil
    }

    private static func send(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { part in
                #if canImport(Glibc)
                unsafe Glibc.send(descriptor, part.baseAddress, part.count, noSignal)
                #else
                unsafe Darwin.send(descriptor, part.baseAddress, part.count, noSignal)
                #endif
            }
            guard count > 0 else { return false }
            rest.removeFirst(count)
        }
        return true
    }

    /// Which of them have data or were closed, waiting for at most 50 ms.
    private static func readable(_ descriptors: [CInt]) -> [Bool] {
        var list = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        unsafe poll(&list, nfds_t(list.count), 50)
        return list.map { $0.revents != 0 }
    }

    /// Prevents the programs that this process starts from inheriting a socket.
    private static func own(_ descriptor: CInt) -> CInt {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    private static func with(
        _ address: inout sockaddr_in, _ call: (UnsafeMutablePointer<sockaddr>, inout socklen_t) -> CInt
    ) -> CInt {
        var count = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe call($0, &count) }
        }
    }
}
