import Foundation
import Synchronization

@testable import PowerLine

/// A line to a meter on which nothing is lost but answers, once so many have come.
final class SilencedLine: Sendable {
    let port: UInt16
    private let answersLeft: Atomic<Int>
    private let isOver = Atomic(false)
    private let done = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - meter: the port of the meter on this machine.
    ///   - answers: that the host gets.
    init(to meter: UInt16, answers: Int) throws {
        let listener = try TCPLine.listen("127.0.0.1", 0)
        port = TCPLine.port(of: listener)
        answersLeft = Atomic(answers)
        nonisolated(unsafe) let held = listener
        Thread.detachNewThread { [self] in
            while !isOver.load(ordering: .acquiring) {
                LinePoll.wait([(held.descriptor, LinePoll.readable)], until: .now + .milliseconds(50))
                guard let host = TCPLine.accept(held) else { continue }
                do { try carry(host, meter) } catch { break }
            }
            done.signal()
        }
    }

    /// Ends it, and waits for that.
    func stop() {
        isOver.store(true, ordering: .releasing)
        done.wait()
    }

    private func carry(_ host: LinePort, _ meter: UInt16) throws {
        let meter = try TCPLine.connect("127.0.0.1", meter, until: .now + .seconds(60))
        let ends = [host, meter]
        while !isOver.load(ordering: .acquiring) {
            let ready = LinePoll.wait(
                ends.map { ($0.descriptor, LinePoll.readable) }, until: .now + .milliseconds(50))
            for from in 0...1 where ready[from] {
                guard let bytes = ends[from].read() else { return }
                guard !bytes.isEmpty else { continue }
                if from == 1, answersLeft.wrappingSubtract(1, ordering: .relaxed).oldValue <= 0 { continue }
                guard ends[1 - from].write(bytes, until: .now + .seconds(60)) else { return }
            }
        }
    }
}
