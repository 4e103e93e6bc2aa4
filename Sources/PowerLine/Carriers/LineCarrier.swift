internal import Synchronization

/// The carriers of one line at the primary station's end: a serial device, a TCP connection, or several, over which the line's
/// meters are reached alike. What is sent goes to all of them, what any of them brings is of the line.
///
/// It has no thread of its own: its owner waits on its own. A carrier that is lost is taken up again, after pauses of up to
/// five seconds.
package final class LineCarrier {
    /// What a wait ended with.
    package enum Event: Sendable, Hashable {
        case bytes([UInt8])
        /// A carrier was lost or is there again: what was on its way is lost.
        case interrupted
        /// ``Waker/wake()`` was called.
        case woken
        /// The time has come.
        case time
    }

    /// Ends a wait, from any thread.
    package final class Waker: Sendable {
        fileprivate let ends: (read: LinePort, write: LinePort)
        private let isPending = Mutex(false)

        fileprivate init() throws(LineError) { ends = try LinePort.pair() }

        package func wake() {
            let isFirst = isPending.withLock { isPending in
                defer { isPending = true }
                return !isPending
            }
            if isFirst { _ = ends.write.write([0], until: .now) }
        }

        fileprivate func clear() {
            isPending.withLock { isPending in
                while let bytes = ends.read.read(), !bytes.isEmpty {}
                isPending = false
            }
        }
    }

    private struct Carrier {
        let address: LineAddress
        var port: LinePort?
        var pause = Duration.milliseconds(100)
        var retry = ContinuousClock.now
        var error: LineError?
    }

    package let waker: Waker
    private var carriers: [Carrier]
    private static let maxPause = Duration.seconds(5)

    /// - Parameter addresses: of the carriers, at least one.
    /// - Throws: `LineError` `.noResources`.
    package init(_ addresses: [LineAddress]) throws(LineError) {
        precondition(!addresses.isEmpty, "a line has a carrier")
        carriers = addresses.map { Carrier(address: $0) }
        waker = try Waker()
    }

    /// Why a carrier is not there, of those that are not.
    package var errors: [LineError] { carriers.compactMap(\.error) }

    /// Sends bytes.
    ///
    /// - Returns: false if a carrier was lost.
    package func send(_ bytes: [UInt8]) -> Bool {
        var isWhole = true
        for index in carriers.indices {
            guard let port = carriers[index].port else { continue }
            if !port.write(bytes, until: .now + .seconds(2)) {
                carriers[index].port = nil
                isWhole = false
            }
        }
        return isWhole
    }

    /// Waits for whatever comes first.
    package func wait(until end: ContinuousClock.Instant) -> Event {
        if takeUp() { return .interrupted }
        let retries = carriers.filter { $0.port == nil }.map(\.retry)
        let open = carriers.indices.filter { carriers[$0].port != nil }
        var watched = [(waker.ends.read.descriptor, LinePoll.readable)]
        watched += open.compactMap { carriers[$0].port.map { ($0.descriptor, LinePoll.readable) } }
        let ready = LinePoll.wait(watched, until: min(end, retries.min() ?? end))
        if ready[0] {
            waker.clear()
            return .woken
        }
        for (index, isReady) in zip(open, ready.dropFirst()) where isReady {
            guard let bytes = carriers[index].port?.read() else {
                carriers[index].port = nil
                carriers[index].retry = .now + carriers[index].pause
                return .interrupted
            }
            if !bytes.isEmpty { return .bytes(bytes) }
        }
        return .time
    }

    /// Takes up carriers that are due; whether one is there again.
    private func takeUp() -> Bool {
        var isBack = false
        for index in carriers.indices where carriers[index].port == nil && carriers[index].retry <= .now {
            do throws(LineError) {
                switch carriers[index].address {
                case .tcp(let host, let port):
                    carriers[index].port = try TCPLine.connect(host, port, until: .now + .milliseconds(250))
                case .serial(let path, let baud): carriers[index].port = try SerialLine.open(path, baud: baud)
                }
                carriers[index].error = nil
                carriers[index].pause = .milliseconds(100)
                isBack = true
            } catch {
                carriers[index].error = error
                carriers[index].retry = .now + carriers[index].pause
                carriers[index].pause = min(carriers[index].pause * 2, Self.maxPause)
            }
        }
        return isBack
    }
}

extension HDLCTiming {
    /// Of a line over these carriers: the slowest counts. What was sent over TCP comes in order, however late.
    public init(_ addresses: [LineAddress]) {
        let timings = addresses.map { address in
            if case .tcp = address {
                HDLCTiming(address, allowance: .milliseconds(200))
            } else {
                HDLCTiming(address, allowance: .milliseconds(500))
            }
        }
        self.init(
            byteTime: timings.map(\.byteTime).max() ?? .zero, answerLimit: timings.map(\.answerLimit).max() ?? .zero,
            allowance: timings.map(\.allowance).max() ?? .zero)
    }
}
