import Foundation
import Synchronization
import TestSupport

@testable import PowerLine

/// A relay between host and meter that loses, repeats, delays, corrupts and cuts what goes through it, as its seed says.
final class LossyRelay: Sendable {
    let port: UInt16
    private let meterPort = Atomic<UInt16>(0)
    private let isOver = Atomic(false)
    private let done = DispatchSemaphore(value: 0)

    init(seed: UInt64) throws {
        let listener = try TCPLine.listen("127.0.0.1", 0)
        port = TCPLine.port(of: listener)
        nonisolated(unsafe) let held = listener
        Thread.detachNewThread { [self] in
            var random = SeededGenerator(seed: seed)
            while !isOver.load(ordering: .acquiring) {
                LinePoll.wait([(held.descriptor, LinePoll.readable)], until: .now + .milliseconds(50))
                guard let host = TCPLine.accept(held) else { continue }
                carry(host, &random)
            }
            done.signal()
        }
    }

    /// Where the meter is from now on.
    func lead(to port: UInt16) { meterPort.store(port, ordering: .releasing) }

    func stop() {
        isOver.store(true, ordering: .releasing)
        done.wait()
    }

    /// Carries one connection until an end is gone, or it cuts it.
    private func carry(_ host: LinePort, _ random: inout SeededGenerator) {
        let number = meterPort.load(ordering: .acquiring)
        guard let meter = try? TCPLine.connect("127.0.0.1", number, until: .now + .milliseconds(500)) else { return }
        let ends = [host, meter]
        while !isOver.load(ordering: .acquiring) {
            let ready = LinePoll.wait(
                ends.map { ($0.descriptor, LinePoll.readable) }, until: .now + .milliseconds(50))
            for from in 0...1 where ready[from] {
                guard let bytes = ends[from].read() else { return }
                guard !bytes.isEmpty else { continue }
                guard let pieces = fate(of: bytes, &random) else { return }
                for piece in pieces where !ends[1 - from].write(piece, until: .now + .seconds(1)) { return }
            }
        }
    }

    /// What arrives of a piece; nil where the connection is cut.
    private func fate(of bytes: [UInt8], _ random: inout SeededGenerator) -> [[UInt8]]? {
        var bytes = bytes
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<4: return []
        case 4..<8: return [bytes, bytes]
        case 8..<12:
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
            return [bytes]
        case 12..<14: return [Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &random)))]
        case 14..<16: return nil
        case 16..<20:
            LinePoll.wait([], until: .now + .milliseconds(Int.random(in: 1...120, using: &random)))
            return [bytes]
        default: return [bytes]
        }
    }
}
