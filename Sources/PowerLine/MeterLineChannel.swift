import Diagnostics
public import ISO7816
public import ValueProtocol

/// A meter's element at the other end of a line, as a card channel: the host uses it like a reader.
///
/// A lost line is re-established and the request repeated until the deadline of the call; the meter answers a request
/// once. After a call that threw, the outcome of the command is unknown; the host determines it at its next contact.
/// Calls block: make them on a thread of your own, one at a time.
public final class MeterLineChannel: CardChannel {
    public let address: LineAddress
    private let timeout: Duration
    private let clock: LineClock
    private let begin: ContinuousClock.Instant
    private var requester: LineRequester
    private var port: LinePort?

    /// - Parameters:
    ///   - address: of the line.
    ///   - host: the requester.
    ///   - meter: whose line it must be; `.none` accepts any.
    ///   - timeout: of one command, including connecting.
    ///   - repeatAfter: time after which a request is first repeated.
    public convenience init(
        _ address: LineAddress, from host: PartyID, to meter: PartyID = .none, timeout: Duration = .seconds(20),
        repeatAfter: Duration = .milliseconds(500)
    ) {
        self.init(address, from: host, to: meter, timeout: timeout, repeatAfter: repeatAfter, clock: .system)
    }

    /// The same, with the caller's clock.
    package init(
        _ address: LineAddress, from host: PartyID, to meter: PartyID = .none, timeout: Duration,
        repeatAfter: Duration = .milliseconds(500), clock: LineClock
    ) {
        self.address = address
        self.timeout = timeout
        self.clock = clock
        begin = clock.now()
        requester = LineRequester(host, asking: meter, timeout: repeatAfter)
    }

    /// The meter that answered; `.none` before the first answer if none was named.
    public var meter: PartyID { requester.peer }

    /// Closes the line. A later call opens it again.
    public func close() { port = nil }

    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        let bytes = command.bytes
        guard bytes.count <= LineFrame.maxPayloadLength else {
            throw CardError(
                .unsupported, subject: name,
                cause: Circumstance("the line carries at most \(LineFrame.maxPayloadLength) bytes: a short APDU"))
        }
        let deadline = clock.now() + timeout
        if !requester.isOpen {
            requester.open(nonce: Self.nonce(), at: now)
            guard try settle(deadline) == .opened else { throw CardError(.communication, subject: name) }
        }
        requester.request(bytes, at: now)
        switch try settle(deadline) {
        case .answered(let answer):
            do {
                return try ResponseAPDU(answer)
            } catch {
                throw CardError(.malformedAnswer, subject: name, cause: error)
            }
        case .silent:
            let isSlot = requester.peer.meterOfCardSlot != nil
            throw CardError(
                .cardUnresponsive, subject: name,
                cause: Circumstance(
                    "the meter\(isSlot ? ", or the card in its slot," : "") is silent: it may have no power"))
        default:
            throw CardError(.cardReset, subject: name, cause: Circumstance("the meter began anew"))
        }
    }

    private var name: String {
        if requester.peer == .none { return "\(address)" }
        if let meter = requester.peer.meterOfCardSlot { return "card slot of meter \(meter) at \(address)" }
        return "meter \(requester.peer) at \(address)"
    }
    private var now: Duration { clock.now() - begin }

    /// Drives the link until it is no longer waiting.
    private func settle(_ deadline: ContinuousClock.Instant) throws(CardError) -> LineRequester.State {
        var failure: LineError?
        while requester.state == .waiting {
            guard clock.now() < deadline else {
                requester.cancel()
                throw CardError(
                    .deadlineExceeded, subject: name,
                    cause: failure ?? Circumstance("nothing came over the line"))
            }
            guard let port = takeUp(deadline, &failure) else { continue }
            requester.advance(to: now)
            let output = requester.dequeueOutput()
            if !output.isEmpty, !port.write(output, until: deadline) {
                self.port = nil
                continue
            }
            let wake = requester.wake.map { begin + $0 } ?? deadline
            _ = clock.wait([(port.descriptor, LinePoll.readable)], min(wake, deadline))
            guard let bytes = port.read() else {
                self.port = nil
                // A device whose other end is closed is always ready, so wait to avoid a busy loop.
                _ = clock.wait([], min(clock.now() + .milliseconds(20), deadline))
                continue
            }
            requester.receive(bytes)
        }
        return requester.state
    }

    /// The line, re-established if it was lost; nil after a wait if that failed.
    private func takeUp(_ deadline: ContinuousClock.Instant, _ failure: inout LineError?) -> LinePort? {
        if let port { return port }
        do throws(LineError) {
            let port =
                switch address {
                case .tcp(let host, let port): try TCPLine.connect(host, port, until: deadline)
                case .serial(let path, let baud): try SerialLine.open(path, baud: baud)
                }
            self.port = port
            requester.reconnected(at: now)
            return port
        } catch {
            failure = error
            _ = clock.wait([], min(clock.now() + .milliseconds(100), deadline))
            return nil
        }
    }

    private static func nonce() -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        return (0..<LineRequester.nonceCount).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
}
