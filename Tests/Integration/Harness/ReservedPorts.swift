import Foundation
import ISO7816

/// Adjacent TCP ports on which a server of the tests will listen, and that no other test takes meanwhile.
///
/// They are bound here without listening. With SO_REUSEADDR on both sockets the server can still bind them, as
/// vsmartcard's driver does; another reservation, which asks for unused ports, cannot.
final class ReservedPorts: Sendable {
    let first: UInt16
    private let descriptors: [Int32]

    init(count: Int) throws {
        for _ in 0..<100 {
            let first = UInt16.random(in: 20_000..<32_000)
            let descriptors = (0..<count).map { Self.bound(first + UInt16($0)) }
            if !descriptors.contains(nil) {
                self.first = first
                self.descriptors = descriptors.compactMap(\.self)
                return
            }
            for case let descriptor? in descriptors { close(descriptor) }
        }
        throw CardError(.communication, subject: "TCP ports from 20,000 to 32,000: none is free")
    }

    deinit {
        for descriptor in descriptors { close(descriptor) }
    }

    /// A socket bound to `port`; nil where it is in use.
    private static func bound(_ port: UInt16) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        // Set only now for the server: before, two reservations exclude each other.
        var yes: Int32 = 1
        guard isBound,
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size)) == 0
        else {
            close(descriptor)
            return nil
        }
        return descriptor
    }
}
