public import ISO7816
internal import ValueProtocol

/// The meter's end of its line: hosts reach the meter's element through it, one after the other.
///
/// It has no thread of its own. The meter's owner lets it serve for a while, repeatedly, on the meter's thread between
/// ticks:
///
///     let server = try MeterLineServer(.tcp(host: "127.0.0.1", port: 0))
///     while isOn {
///         try meter.tick()
///         server.serve(for: .milliseconds(50), meter)
///     }
///
/// A meter with a card slot also serves the inserted card: for the host it is at the end of the same line, as another logical
/// device (``HDLCDevice/cardSlot``). Without a station the meter answers any host: the line has no other meter. A local unit
/// gives it a station, which is kept in a file (``StationFile``); it then answers that unit alone.
///
/// A host's connection outlives its socket, so that a host that lost the line and re-establishes it gets the missed answer. A
/// host keeps the line until it disconnects, or is silent while another one waits.
public final class MeterLineServer {
    /// The address being listened on; with the port assigned by the system if 0 was requested.
    public let address: LineAddress
    /// The number of requests passed to the element.
    public private(set) var served = 0
    private let listener: LinePort?
    private var port: LinePort?
    private var station: HDLCStation
    private let begin = ContinuousClock.now
    private var lastHeard = ContinuousClock.now
    private let idleLimit: Duration
    private let stationFile: StationFile?
    /// Why a station was not kept last; nil if every one was.
    public private(set) var stationFailure: LineError?

    /// - Parameters:
    ///   - address: where to listen, or the device. TCP port 0 uses any free port.
    ///   - stationFile: where the meter keeps its station; nil for one that takes none.
    ///   - idleLimit: time without a byte after which a host is disconnected if another one waits.
    /// - Throws: `LineError` `.bindFailed`, `.noDevice`, `.stationUnreadable`.
    public init(
        _ address: LineAddress, stationFile: StationFile? = nil, idleLimit: Duration = .seconds(5)
    ) throws(LineError) {
        self.idleLimit = idleLimit
        self.stationFile = stationFile
        let membership = try stationFile?.load() ?? StationMembership(of: .none)
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
        // What was sent over TCP comes in order, however late.
        let isTCP = listener != nil
        let timing = HDLCTiming(address, allowance: .milliseconds(isTCP ? 200 : 500))
        station = HDLCStation(
            [HDLCDevice.element, .cardSlot].map { HDLCSecondary($0, timing: timing, answersLate: isTCP) },
            timing: timing, membership: membership)
    }

    /// The meter's station on its line; nil while it has none.
    public var assignment: StationMembership.Assignment? { station.membership.assignment }

    /// Passes incoming commands to `element` and sends its answers, for `duration`.
    ///
    /// An error of the line disconnects the host, but does not stop the meter.
    ///
    /// - Parameters:
    ///   - duration: how long to use the calling thread.
    ///   - element: the meter's.
    ///   - slot: the channel to the card in the meter's slot; nil if no card is there: then the host's connection to it
    ///     is refused, and one that it had ends.
    public func serve(
        for duration: Duration, _ element: any IntegratedCircuitCard, slot: (any CardChannel)? = nil
    ) {
        let end = ContinuousClock.now + duration
        station[.cardSlot]?.setAvailable(slot != nil, at: now)
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
        station.advance(to: now)
        if let port { send(on: port) }
        var wake = port == nil || mayAdmit || listener == nil ? end : min(end, lastHeard + idleLimit)
        // An answer in a slot, and that a command takes its time.
        if let due = station.wake { wake = min(wake, begin + due) }
        let ready = LinePoll.wait(watched, until: wake)
        if let port, ready.first == true { hear(port, element, slot, until: end) }
        if let listener, mayAdmit, ready.last == true { admit(listener) }
        if watched.isEmpty { reopenDevice(until: end) }
    }

    private func admit(_ listener: LinePort) {
        guard let next = TCPLine.accept(listener) else { return }
        port = next
        station.interrupted()
        lastHeard = .now
    }

    /// A device that was closed at the other end is opened again.
    private func reopenDevice(until end: ContinuousClock.Instant) {
        guard case .serial(let path, let baud) = address else { return }
        do throws(LineError) {
            port = try SerialLine.open(path, baud: baud)
            station.interrupted()
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
        station.receive(bytes, at: now)
        keepStation()
        answer(element, slot)
        send(on: port)
    }

    private func send(on port: LinePort) {
        let output = station.dequeueOutput()
        if !output.isEmpty, !port.write(output, until: .now + .seconds(2)) { self.port = nil }
    }

    /// A station that cannot be kept is not taken: after a power cut the meter would not know it.
    private func keepStation() {
        guard let change = station.dequeueChange() else { return }
        do throws(LineError) {
            try stationFile?.save(change)
            stationFailure = nil
        } catch {
            stationFailure = error
            station.revertChange()
        }
    }

    /// If the element or card gives no answer, this is reported to the host, which later determines what was done.
    private func answer(_ element: any IntegratedCircuitCard, _ slot: (any CardChannel)?) {
        while let command = station[.element]?.dequeueCommand() {
            served += 1
            let response: [UInt8]?
            do throws(CardError) { response = try element.process(command.bytes) } catch { response = nil }
            station[.element]?.answer(response, to: command, at: now)
        }
        while let slot, let command = station[.cardSlot]?.dequeueCommand() {
            served += 1
            let response: [UInt8]?
            do { response = try slot.transmit(CommandAPDU(command.bytes)).bytes } catch { response = nil }
            station[.cardSlot]?.answer(response, to: command, at: now)
        }
    }

    private var now: Duration { ContinuousClock.now - begin }
}
