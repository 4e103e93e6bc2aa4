internal import SystemPackage

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#elseif canImport(Darwin)
internal import Darwin
#endif

/// A line over TCP (RFC 9293).
enum TCPLine {
    /// Connects, waiting until the deadline.
    static func connect(
        _ host: String, _ port: UInt16, until deadline: ContinuousClock.Instant
    ) throws(LineError) -> LinePort {
        let subject = "\(LineAddress.tcp(host: host, port: port))"
        var failure = Errno.addressNotAvailable
        for address in try resolve(host, port, passive: false, .connectFailed, subject) {
            let descriptor = socket(address.family, streamSocket, 0)
            guard descriptor >= 0 else {
                failure = Errno(rawValue: errno)
                continue
            }
            let line = LinePort(taking: descriptor)
            if let error = start(line, address, until: deadline) {
                failure = error
                continue
            }
            prepare(descriptor)
            return line
        }
        throw LineError(.connectFailed, subject, cause: failure)
    }

    /// Starts the connection and waits for it; returns the error.
    private static func start(_ line: LinePort, _ address: Address, until deadline: ContinuousClock.Instant) -> Errno? {
        let result = unsafe address.bytes.withUnsafeBytes { bytes in
            unsafe systemConnect(line.descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, bytes.count)
        }
        if result == 0 { return nil }
        let failure = Errno(rawValue: errno)
        guard failure == .nowInProgress else { return failure }
        guard LinePoll.wait([(line.descriptor, Int16(POLLOUT))], until: deadline) == [true] else { return .timedOut }
        var number: CInt = 0
        var size = socklen_t(MemoryLayout<CInt>.size)
        unsafe getsockopt(line.descriptor, SOL_SOCKET, SO_ERROR, &number, &size)
        return number == 0 ? nil : Errno(rawValue: number)
    }

    /// Listens.
    ///
    /// - Parameter port: 0 for any free port.
    static func listen(_ host: String, _ port: UInt16) throws(LineError) -> LinePort {
        let subject = "\(LineAddress.tcp(host: host, port: port))"
        var failure = Errno.addressNotAvailable
        for address in try resolve(host, port, passive: true, .bindFailed, subject) {
            let descriptor = socket(address.family, streamSocket, 0)
            guard descriptor >= 0 else {
                failure = Errno(rawValue: errno)
                continue
            }
            let line = LinePort(taking: descriptor)
            switchOn(descriptor, SOL_SOCKET, SO_REUSEADDR)
            let bound = unsafe address.bytes.withUnsafeBytes { bytes in
                unsafe bind(
                    descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
            }
            guard bound == 0, systemListen(descriptor) == 0 else {
                failure = Errno(rawValue: errno)
                continue
            }
            return line
        }
        throw LineError(.bindFailed, subject, cause: failure)
    }

    /// Accepts the next waiting connection; nil if there is none.
    static func accept(_ listener: LinePort) -> LinePort? {
        let descriptor = systemAccept(listener.descriptor)
        guard descriptor >= 0 else { return nil }
        prepare(descriptor)
        return LinePort(taking: descriptor)
    }

    /// The address of the other end, without its port; empty where it is gone already.
    static func peer(of line: LinePort) -> String {
        var bytes = [UInt8](repeating: 0, count: 128)
        var size = socklen_t(bytes.count)
        let result = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe getpeername(line.descriptor, buffer.assumingMemoryBound(to: sockaddr.self).baseAddress, &size)
        }
        guard result == 0 else { return "" }
        // Behind family and port: four bytes of IPv4; four of a flow and sixteen of IPv6.
        let address = size > 16 ? bytes[8..<24] : bytes[4..<8]
        return address.map { String($0) }.joined(separator: ".")
    }

    /// The port assigned by the system.
    static func port(of listener: LinePort) -> UInt16 {
        var bytes = [UInt8](repeating: 0, count: 128)
        var size = socklen_t(bytes.count)
        let result = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe getsockname(listener.descriptor, buffer.assumingMemoryBound(to: sockaddr.self).baseAddress, &size)
        }
        // In both address families the port follows the family, big-endian.
        return result == 0 ? UInt16(bytes[2]) << 8 | UInt16(bytes[3]) : 0
    }

    private struct Address {
        let family: CInt
        let bytes: [UInt8]
    }

    private static func resolve(
        _ host: String, _ port: UInt16, passive: Bool, _ code: LineError.Code, _ subject: String
    ) throws(LineError) -> [Address] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = streamSocket
        unsafe hints.ai_flags = passive ? AI_PASSIVE : 0
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, String(port), &hints, &list) == 0 else {
            throw LineError(code, subject, cause: Errno.addressNotAvailable)
        }
        defer { unsafe freeaddrinfo(list) }
        var found: [Address] = []
        var entry = unsafe list
        while let address = unsafe entry {
            let bytes = unsafe UnsafeRawBufferPointer(
                start: address.pointee.ai_addr, count: Int(address.pointee.ai_addrlen))
            unsafe found.append(Address(family: address.pointee.ai_family, bytes: Array(bytes)))
            unsafe entry = address.pointee.ai_next
        }
        return found
    }

    private static func prepare(_ descriptor: CInt) {
        switchOn(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY)
        #if canImport(Darwin)
        switchOn(descriptor, SOL_SOCKET, SO_NOSIGPIPE)
        #endif
    }

    private static func switchOn(_ descriptor: CInt, _ level: CInt, _ option: CInt) {
        var on: CInt = 1
        // A socket that refuses an option still works, only slower.
        unsafe setsockopt(descriptor, level, option, &on, socklen_t(MemoryLayout<CInt>.size))
    }
}

#if canImport(Glibc)
private let streamSocket = CInt(SOCK_STREAM.rawValue)
#else
private let streamSocket = SOCK_STREAM
#endif

// Names that the methods above do not hide.
private func systemConnect(_ descriptor: CInt, _ address: UnsafePointer<sockaddr>?, _ count: Int) -> CInt {
    unsafe connect(descriptor, address, socklen_t(count))
}

private func systemListen(_ descriptor: CInt) -> CInt { listen(descriptor, 16) }

private func systemAccept(_ descriptor: CInt) -> CInt { accept(descriptor, nil, nil) }
