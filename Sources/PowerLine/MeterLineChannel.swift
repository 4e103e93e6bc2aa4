import Diagnostics
public import ISO7816
public import ValueProtocol

/// A meter's element at the other end of a line, as a card channel: the host's desk works over it as over a reader.
///
/// A lost line is taken up again and the request repeated until the deadline of the call; the meter answers a request
/// once. After a call that threw, what the element did is not known; the desk finds it out at its next contact. Calls
/// block: they are made on a thread of the caller's own, one at a time.
public final class MeterLineChannel: CardChannel {
    public let address: LineAddress
    private let patience: Duration
    private let clock: LineClock
    private let begin: ContinuousClock.Instant
    private var requester: LineRequester
    private var port: LinePort?

    /// - Parameters:
    ///   - address: of the line.
    ///   - host: who asks.
    ///   - meter: whose line it must be; `.none` takes whichever is there.
    ///   - patience: how long one command may take, connecting included.
    ///   - repeatAfter: after which a request is repeated for the first time.
    public convenience init(
        _ address: LineAddress, from host: PartyID, to meter: PartyID = .none, patience: Duration = .seconds(20),
        repeatAfter: Duration = .milliseconds(500)
    ) {
        self.init(address, from: host, to: meter, patience: patience, repeatAfter: repeatAfter, clock: .system)
    }

    /// As the other, by a clock of the caller's.
    package init(
        _ address: LineAddress, from host: PartyID, to meter: PartyID = .none, patience: Duration,
        repeatAfter: Duration = .milliseconds(500), clock: LineClock
    ) {
        self.address = address
        self.patience = patience
        self.clock = clock
        begin = clock.now()
        requester = LineRequester(host, asking: meter, patience: repeatAfter)
    }

    /// The meter that answered; `.none` before the first answer where none was named.
    public var meter: PartyID { requester.peer }

    /// Lets the line go. A later call takes it up again.
    public func close() { port = nil }

    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        let bytes = command.bytes
        guard bytes.count <= LineFrame.mostPayload else {
            throw CardError(
                .unsupported, subject: name,
                cause: Circumstance("the line carries at most \(LineFrame.mostPayload) bytes: a short APDU"))
        }
        let deadline = clock.now() + patience
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
                requester.giveUp()
                throw CardError(
                    .deadlineExceeded, subject: name,
                    cause: failure ?? Circumstance("nothing came over the line"))
            }
            guard let port = takeUp(deadline, &failure) else { continue }
            requester.pass(now)
            let output = requester.takeOutput()
            if !output.isEmpty, !port.write(output, until: deadline) {
                self.port = nil
                continue
            }
            let wake = requester.wake.map { begin + $0 } ?? deadline
            _ = clock.wait([(port.descriptor, LinePoll.readable)], min(wake, deadline))
            guard let bytes = port.read() else {
                self.port = nil
                // A device whose other end is closed says so at once, over and over.
                _ = clock.wait([], min(clock.now() + .milliseconds(20), deadline))
                continue
            }
            requester.receive(bytes)
        }
        return requester.state
    }

    /// The line, taken up again where it was lost; nil after a wait where that failed.
    private func takeUp(_ deadline: ContinuousClock.Instant, _ failure: inout LineError?) -> LinePort? {
        if let port { return port }
        do throws(LineError) {
            let port =
                switch address {
                case .tcp(let host, let port): try TCPLine.connect(host, port, until: deadline)
                case .serial(let path, let baud): try SerialLine.open(path, baud: baud)
                }
            self.port = port
            requester.lineIsBack(at: now)
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
