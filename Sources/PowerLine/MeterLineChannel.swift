import Diagnostics
public import ISO7816
public import ValueProtocol

/// A meter's element at the other end of a line, or the card in its slot, as a card channel: the host uses it like a reader.
///
/// The line has one meter, without a station, and the host is its primary station (``HDLCPrimary``). A lost line is
/// re-established and the command asked for until the deadline of the call; the meter carries a command out once. After a
/// call that threw, the outcome of the command is unknown; the host determines it at its next contact. Which meter it is
/// shows in its session.
/// Calls block: make them on a thread of your own, one at a time.
public final class MeterLineChannel: CardChannel {
    public let address: LineAddress
    /// Whom it talks to in the meter.
    public let device: HDLCDevice
    /// The meter that is expected at the address, for messages; `.none` if any is.
    public let meter: PartyID
    private let timeout: Duration
    private let clock: LineClock
    private let begin: ContinuousClock.Instant
    private var primary: HDLCPrimary
    private var port: LinePort?

    /// - Parameters:
    ///   - address: of the line.
    ///   - device: the meter's element, or the card in its slot.
    ///   - meter: the one that is expected there, for messages; `.none` if any is.
    ///   - timeout: of one command, including connecting.
    ///   - repeatAfter: time without an answer after which the meter is first asked again.
    public convenience init(
        _ address: LineAddress, to device: HDLCDevice = .element, of meter: PartyID = .none,
        timeout: Duration = .seconds(20), repeatAfter: Duration = .milliseconds(500)
    ) {
        self.init(address, to: device, of: meter, timeout: timeout, repeatAfter: repeatAfter, clock: .system)
    }

    /// The same, with the caller's clock.
    package init(
        _ address: LineAddress, to device: HDLCDevice = .element, of meter: PartyID = .none, timeout: Duration,
        repeatAfter: Duration = .milliseconds(500), clock: LineClock
    ) {
        self.address = address
        self.device = device
        self.meter = meter
        self.timeout = timeout
        self.clock = clock
        begin = clock.now()
        // Until the deadline of the call, however long that is.
        var limits = HDLCPrimary.Limits()
        limits.waits = .max
        limits.stalls = .max
        limits.processing = timeout
        primary = HDLCPrimary(
            HDLCServerAddress(device, at: .unassigned), client: HDLCPrimary.anyClient(),
            timing: HDLCTiming(address, allowance: repeatAfter), limits: limits)
    }

    /// Closes the line. A later call opens it again.
    public func close() { port = nil }

    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        let deadline = clock.now() + timeout
        var failure: LineError?
        while true {
            while port == nil { try takeUp(deadline, &failure) }
            primary.exchange(command.bytes, at: now)
            switch try settle(deadline, &failure) {
            case .answered(let answer):
                guard !answer.isEmpty else { throw unresponsive("is silent: it may have no power") }
                do {
                    return try ResponseAPDU(answer)
                } catch {
                    throw CardError(.malformedAnswer, subject: name, cause: error)
                }
            case .refused:
                throw CardError(
                    .cardUnresponsive, subject: name,
                    cause: Circumstance(
                        device == .cardSlot ? "no card is in the slot" : "the meter takes no connection"))
            case .failed(.perhapsDone):
                throw CardError(.cardReset, subject: name, cause: Circumstance("the meter began anew"))
            case .failed(.notSent), .connected, .disconnected:
                // The meter did not know the connection any more; with a new one the command is sent.
                _ = clock.wait([], min(clock.now() + .milliseconds(5), deadline))
            }
        }
    }

    private func unresponsive(_ what: String) -> CardError {
        CardError(
            .cardUnresponsive, subject: name,
            cause: Circumstance("the meter\(device == .cardSlot ? ", or the card in its slot," : "") \(what)"))
    }

    private var name: String {
        let slot = device == .cardSlot ? "card slot of " : ""
        if meter == .none { return slot.isEmpty ? "\(address)" : "\(slot)the meter at \(address)" }
        return "\(slot)meter \(meter) at \(address)"
    }
    private var now: Duration { clock.now() - begin }

    /// Drives the link until the outcome is known.
    private func settle(
        _ deadline: ContinuousClock.Instant, _ failure: inout LineError?
    ) throws(CardError) -> HDLCPrimary.Outcome {
        while true {
            if let outcome = primary.outcome { return outcome }
            guard let port else {
                try takeUp(deadline, &failure)
                primary.interrupted(at: now)
                continue
            }
            try checkDeadline(deadline, failure)
            primary.advance(to: now)
            let output = primary.dequeueOutput()
            if !output.isEmpty, !port.write(output, until: deadline) {
                self.port = nil
                continue
            }
            let wake = primary.wake.map { begin + $0 } ?? deadline
            _ = clock.wait([(port.descriptor, LinePoll.readable)], min(wake, deadline))
            guard let bytes = port.read() else {
                self.port = nil
                // A device whose other end is closed is always ready, so wait to avoid a busy loop.
                _ = clock.wait([], min(clock.now() + .milliseconds(20), deadline))
                continue
            }
            if !bytes.isEmpty { primary.receive(bytes, at: now) }
        }
    }

    private func checkDeadline(_ deadline: ContinuousClock.Instant, _ failure: LineError?) throws(CardError) {
        guard clock.now() >= deadline else { return }
        primary.cancel()
        throw CardError(
            .deadlineExceeded, subject: name, cause: failure ?? Circumstance("nothing came over the line"))
    }

    /// Re-establishes the line; leaves it as it is, after a wait, if that failed.
    private func takeUp(_ deadline: ContinuousClock.Instant, _ failure: inout LineError?) throws(CardError) {
        try checkDeadline(deadline, failure)
        do throws(LineError) {
            port =
                switch address {
                case .tcp(let host, let port): try TCPLine.connect(host, port, until: deadline)
                case .serial(let path, let baud): try SerialLine.open(path, baud: baud)
                }
        } catch {
            failure = error
            _ = clock.wait([], min(clock.now() + .milliseconds(100), deadline))
        }
    }
}

extension HDLCPrimary {
    /// An address for a client, at random: `02` to `0F` or `11` to `7E`.
    static func anyClient() -> UInt8 {
        var random = SystemRandomNumberGenerator()
        let number = UInt8.random(in: 0x02...0x7D, using: &random)
        return number < 0x10 ? number : number + 1
    }
}
