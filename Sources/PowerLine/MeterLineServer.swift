public import ISO7816
public import ValueProtocol

/// The meter's end of its line: hosts reach the meter's element through it, one after the other.
///
/// It has no thread of its own. Whoever runs the meter lets it serve for a while, again and again, on the thread that the
/// meter lives on, between looks at the clock:
///
///     let server = try MeterLineServer(.tcp(host: "127.0.0.1", port: 0), id: meter.id)
///     while isOn {
///         try meter.tick()
///         server.serve(for: .milliseconds(50), meter)
///     }
///
/// A meter with a card slot serves the card in it too: to the host it is at the end of the same line, under the address
/// of the meter's slot (``ValueProtocol/PartyID/cardSlot``).
///
/// A host that goes is forgotten; what the link knows of its last request stays, so that a host that lost the line and
/// comes again gets the answer that it missed. A host on the line keeps it until it goes, or is silent while another one
/// waits.
public final class MeterLineServer {
    /// Where it is reached; with the port that the system gave where 0 was asked for.
    public let address: LineAddress
    /// How many requests the element was given.
    public private(set) var served = 0
    private let listener: LinePort?
    private var port: LinePort?
    private var responder: LineResponder
    private var slotResponder: LineResponder
    private var reader = LineFrameReader()
    private var lastHeard = ContinuousClock.now
    private let idleLimit: Duration

    /// - Parameters:
    ///   - address: where to listen, or the device. TCP port 0 takes any that is free.
    ///   - id: of the meter.
    ///   - idleLimit: after so long without a byte a host makes room for one that waits.
    /// - Throws: `LineError` `.notServed`, `.noDevice`.
    public init(_ address: LineAddress, id: PartyID, idleLimit: Duration = .seconds(5)) throws(LineError) {
        self.idleLimit = idleLimit
        switch address {
        case .tcp(let host, let port):
            let listener = try TCPLine.listen(host, port)
            self.listener = listener
            self.address = .tcp(host: host, port: TCPLine.port(of: listener))
        case .serial(let path, let baud):
            listener = nil
            self.address = address
            port = try SerialLine.open(path, baud: baud)
        }
        responder = LineResponder(id) { UInt32.random(in: 1...UInt32.max) }
        slotResponder = LineResponder(id.cardSlot) { UInt32.random(in: 1...UInt32.max) }
    }

    /// Whether a host is on the line; on a device, whether it is open.
    public var hasHost: Bool { port != nil }

    /// Hands the commands that come to `element` and sends its answers, for `duration`.
    ///
    /// What goes wrong with the line ends the host's stay, not the meter.
    ///
    /// - Parameters:
    ///   - duration: how long the calling thread is taken.
    ///   - element: the meter's.
    ///   - slot: leads to the card in the meter's slot; nil where the meter has none.
    public func serve(
        for duration: Duration, _ element: any IntegratedCircuitCard, slot: (any CardChannel)? = nil
    ) {
        let end = ContinuousClock.now + duration
        repeat { step(element, slot, until: end) } while ContinuousClock.now < end
    }

    private func step(
        _ element: any IntegratedCircuitCard, _ slot: (any CardChannel)?, until end: ContinuousClock.Instant
    ) {
        var watched: [(CInt, Int16)] = []
        // Who waits is looked at only when room may be made.
        let mayAdmit = port == nil || ContinuousClock.now - lastHeard >= idleLimit
        if let port { watched.append((port.descriptor, LinePoll.readable)) }
        if let listener, mayAdmit { watched.append((listener.descriptor, LinePoll.readable)) }
        let wake = port == nil || mayAdmit || listener == nil ? end : min(end, lastHeard + idleLimit)
        let ready = LinePoll.wait(watched, until: wake)
        if let port, ready.first == true { hear(port, element, slot, until: end) }
        if let listener, mayAdmit, ready.last == true { admit(listener) }
        if watched.isEmpty { takeUpDevice(until: end) }
    }

    private func admit(_ listener: LinePort) {
        guard let next = TCPLine.accept(listener) else { return }
        port = next
        reader = LineFrameReader()
        lastHeard = .now
    }

    /// A device that was closed at the other end is tried again.
    private func takeUpDevice(until end: ContinuousClock.Instant) {
        guard case .serial(let path, let baud) = address else { return }
        do throws(LineError) {
            port = try SerialLine.open(path, baud: baud)
            reader = LineFrameReader()
        } catch {
            LinePoll.wait([], until: min(end, .now + .milliseconds(100)))
        }
    }

    private func hear(
        _ port: LinePort, _ element: any IntegratedCircuitCard, _ slot: (any CardChannel)?,
        until end: ContinuousClock.Instant
    ) {
        guard let bytes = port.read() else {
            self.port = nil
            // A device whose other end is closed says so at once, over and over.
            if listener == nil { LinePoll.wait([], until: min(end, .now + .milliseconds(20))) }
            return
        }
        if !bytes.isEmpty { lastHeard = .now }
        for frame in reader.take(bytes) {
            guard let answer = answer(frame, element, slot) else { continue }
            if !port.write(answer.bytes, until: .now + .seconds(2)) {
                self.port = nil
                return
            }
        }
    }

    /// Where element or card gives no answer, the host is told so, and finds out later what was done.
    private func answer(
        _ frame: LineFrame, _ element: any IntegratedCircuitCard, _ slot: (any CardChannel)?
    ) -> LineFrame? {
        if frame.destination == slotResponder.id {
            guard let slot else { return nil }
            return slotResponder.answer(frame) { command in
                served += 1
                do { return try slot.transmit(CommandAPDU(command)).bytes } catch { return nil }
            }
        }
        return responder.answer(frame) { command in
            served += 1
            do throws(CardError) { return try element.process(command) } catch { return nil }
        }
    }
}

extension PartyID {
    /// Under which address a line leads to the card in this meter's slot, whichever card that is: the meter's with the
    /// highest bit of its kind set.
    public var cardSlot: PartyID { PartyID(rawValue: rawValue | 0x80 << 24) }
    /// Whether it is a card slot's, and the meter's whose slot it is; nil where it is a party's own.
    var meterOfCardSlot: PartyID? { rawValue & 0x80 << 24 == 0 ? nil : PartyID(rawValue: rawValue & ~(0x80 << 24)) }
}
