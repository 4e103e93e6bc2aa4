import Foundation

/// What listens in the service's place and closes the door on whoever comes: as pcscd does to a user whom polkit
/// refuses, and as it happens to whoever comes while pcscd ends.
final class ClosingService: Sendable {
    /// Listens at a socket of its own, which this process's PC/SC calls then find.
    ///
    /// - Parameters:
    ///   - mostRefusals: after so many it is gone; nil where it stays.
    ///   - isHasty: whether it shuts the door before the first question has come, at every visitor but each third.
    init(mostRefusals: Int?, isHasty: Bool = false) throws {
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
                    // With something unread the other side sees a reset, not an end.
                    var byte: UInt8 = 0
                    recv(visitor, &byte, 1, Int32(MSG_PEEK))
                }
                if refusals == mostRefusals {
                    close(listener)
                    unlink(path)
                }
                close(visitor)
                if refusals == mostRefusals { return }
            }
        }
    }
}
