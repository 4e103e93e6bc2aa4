public import ISO7816
public import ValueProtocol

/// The meter's end of its line: hosts reach the meter's element through it, one after the other.
///
/// It has no thread of its own. The meter's owner lets it serve for a while, repeatedly, on the meter's thread between
/// ticks:
///
///     let server = try MeterLineServer(.tcp(host: "127.0.0.1", port: 0), id: meter.id)
///     while isOn {
///         try meter.tick()
///         server.serve(for: .milliseconds(50), meter)
///     }
///
/// A meter with a card slot also serves the inserted card: for the host it is at the end of the same line, under the
/// address of the meter's slot (``ValueProtocol/PartyID/cardSlot``).
///
/// A host's connection ends with its socket, but the link keeps the state of its last request, so that a host that lost
/// the line and reconnects gets the missed answer. A host keeps the line until it disconnects, or is silent while
/// another one waits.
public final class MeterLineServer {
    /// The address being listened on; with the port assigned by the system if 0 was requested.
    public let address: LineAddress
    /// The number of requests passed to the element.
    public private(set) var served = 0
    private let listener: LinePort?
    private var port: LinePort?
    private var responder: LineResponder
    private var slotResponder: LineResponder
    private var reader = LineFrameReader()
    private var lastHeard = ContinuousClock.now
    private let idleLimit: Duration

    /// - Parameters:
    ///   - address: where to listen, or the device. TCP port 0 uses any free port.
    ///   - id: of the meter.
    ///   - idleLimit: time without a byte after which a host is disconnected if another one waits.
    /// - Throws: `LineError` `.bindFailed`, `.noDevice`.
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

    /// Passes incoming commands to `element` and sends its answers, for `duration`.
    ///
    /// An error of the line disconnects the host, but does not stop the meter.
    ///
    /// - Parameters:
    ///   - duration: how long to use the calling thread.
    ///   - element: the meter's.
    ///   - slot: the channel to the card in the meter's slot; nil if the meter has none.
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
        // Waiting hosts are accepted only if the present one may be disconnected.
        let mayAdmit = port == nil || ContinuousClock.now - lastHeard >= idleLimit
        if let port { watched.append((port.descriptor, LinePoll.readable)) }
        if let listener, mayAdmit { watched.append((listener.descriptor, LinePoll.readable)) }
        let wake = port == nil || mayAdmit || listener == nil ? end : min(end, lastHeard + idleLimit)
        let ready = LinePoll.wait(watched, until: wake)
        if let port, ready.first == true { hear(port, element, slot, until: end) }
        if let listener, mayAdmit, ready.last == true { admit(listener) }
        if watched.isEmpty { reopenDevice(until: end) }
    }

    private func admit(_ listener: LinePort) {
        guard let next = TCPLine.accept(listener) else { return }
        port = next
        reader = LineFrameReader()
        lastHeard = .now
    }

    /// A device that was closed at the other end is opened again.
    private func reopenDevice(until end: ContinuousClock.Instant) {
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
            // A device whose other end is closed is always ready, so wait to avoid a busy loop.
            if listener == nil { LinePoll.wait([], until: min(end, .now + .milliseconds(20))) }
            return
        }
        if !bytes.isEmpty { lastHeard = .now }
        for frame in reader.feed(bytes) {
            guard let answer = answer(frame, element, slot) else { continue }
            if !port.write(answer.bytes, until: .now + .seconds(2)) {
                self.port = nil
                return
            }
        }
    }

    /// If the element or card gives no answer, this is reported to the host, which later determines what was done.
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
    /// The address of the card in this meter's slot, whichever card that is: the meter's with the highest bit of its
    /// kind set.
    public var cardSlot: PartyID { PartyID(rawValue: rawValue | 0x80 << 24) }
    /// For the address of a card slot, the meter of that slot; nil for a party's own.
    var meterOfCardSlot: PartyID? { rawValue & 0x80 << 24 == 0 ? nil : PartyID(rawValue: rawValue & ~(0x80 << 24)) }
}
