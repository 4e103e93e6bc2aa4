import Foundation
import ISO7816
import PowerLine
import TestPrograms

extension TCPRelay {
    /// A line to a meter that starts anew once a command that contains `header` was answered: the answer is lost, and the
    /// meter does not know the connection any more, which it says when it is asked again.
    ///
    /// What decides is what was sent, not how many answers came: a command that is asked for again on a slow machine has two.
    ///
    /// - Parameters:
    ///   - meter: its port on this machine.
    ///   - header: the first bytes of the command.
    convenience init(to meter: UInt16, restartingAfter header: [UInt8]) throws {
        let line = Monitor((reader: HDLCFrameReader(), isReached: false, hasLost: false))
        try self.init(to: meter) { piece, from in
            line.withLock { line in
                guard from == .client else {
                    guard line.isReached else { return [piece] }
                    // The answer to the command is lost; what comes later is from a meter that knows no connection.
                    defer { line.hasLost = true }
                    guard line.hasLost else { return [] }
                    var reader = HDLCFrameReader()
                    return reader.feed(piece).filter(\.isFinal).map { frame in
                        HDLCFrame(.response, frame.server, client: frame.client, .disconnectedMode).bytes
                    }
                }
                if line.reader.feed(piece).contains(where: { $0.information.starts(with: header) }) {
                    line.isReached = true
                }
                return [piece]
            }
        }
    }
}

/// A meter on a line of this machine whose element answers no command: the meter reports it at once.
final class MuteMeter: Sendable {
    /// Its port.
    let port: UInt16
    private let isOver = Monitor(false)
    private let hasEnded = Monitor(false)

    init() throws {
        nonisolated(unsafe) let server = try MeterLineServer(.tcp(host: "127.0.0.1", port: 0))
        guard case .tcp(_, let port) = server.address else { preconditionFailure("a line over TCP") }
        self.port = port
        Thread.detachNewThread { [isOver, hasEnded] in
            while !isOver.withLock({ $0 }) { server.serve(for: .milliseconds(50), MuteElement()) }
            hasEnded.withLock { $0 = true }
        }
    }

    /// Stops it, and waits for its end.
    func stop() {
        isOver.withLock { $0 = true }
        hasEnded.wait { $0 ? () : nil }
    }
}

private final class MuteElement: IntegratedCircuitCard {
    var answerToReset: [UInt8] { [0x3B, 0x00] }
    func reset() throws(CardError) {}
    func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        throw CardError(.cardUnresponsive, subject: "the meter's element")
    }
}
