import Foundation

/// Listens in place of the service and closes every connection, as pcscd does to a user whom polkit refuses, or as it
/// happens to connections while pcscd ends.
final class ClosingService: Sendable {
    /// Listens on a private socket, which this process's PC/SC calls then find.
    ///
    /// - Parameters:
    ///   - maxRefusals: after this many it ends; nil where it stays.
    ///   - isHasty: whether it closes the connection before the first request arrives, except for every third client.
    init(maxRefusals: Int?, isHasty: Bool = false) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "closing-\(UUID().uuidString)").path
        let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, listen(listener, 4) == 0 else { throw CocoaError(.fileWriteUnknown) }
        setenv("PCSCLITE_CSOCK_NAME", path, 1)
        Thread.detachNewThread {
            var refusals = 0
            while true {
                let visitor = accept(listener, nil, nil)
                refusals += 1
                if !isHasty || refusals.isMultiple(of: 3) {
                    // With unread data the other side sees a reset, not an end.
                    var byte: UInt8 = 0
                    recv(visitor, &byte, 1, Int32(MSG_PEEK))
                }
                if refusals == maxRefusals {
                    close(listener)
                    unlink(path)
                }
                close(visitor)
                if refusals == maxRefusals { return }
            }
        }
    }
}
