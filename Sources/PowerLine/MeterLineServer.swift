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
/// host that has proved that it has keys keeps the line until it disconnects, or is silent while another one waits; one that has
/// not, for a turn. Idle connections are closed while others are there, and sessions that are begun and never used are limited.
public final class MeterLineServer {
    /// The address being listened on; with the port assigned by the system if 0 was requested.
    public let address: LineAddress
    /// The number of requests passed to the element.
    public private(set) var served = 0
    private let listener: LinePort?
    /// Whoever has the line.
    private var port: LinePort?
    /// Its number, over TCP.
    private var holder: Int?
    /// Finds the frames of whoever has the line, for ``LineAdmission``.
    private var reader = HDLCFrameReader()
    /// Those connected who have not.
    private var waiting: [Int: Waiting] = [:]
    private var connectionCount = 0
    private var admission: LineAdmission
    /// Of the address that was proved last, and of all others.
    private var knownLimit = SessionLimit(interval: .seconds(1))
    private var otherLimit = SessionLimit(interval: .seconds(1))
    /// What did not look like a host, since the beginning.
    public private(set) var disturbances = Disturbances()
    private var station: HDLCStation
    private let begin = ContinuousClock.now
    private let stationFile: StationFile?
    /// Why a station was not kept last; nil if every one was.
    public private(set) var stationFailure: LineError?

    /// - Parameters:
    ///   - address: where to listen, or the device. TCP port 0 uses any free port.
    ///   - stationFile: where the meter keeps its station; nil for one that takes none.
    ///   - idleLimit: time without a frame after which a host is disconnected if another one waits; and the turn of one that
    ///     has proved nothing.
    /// - Throws: `LineError` `.bindFailed`, `.noDevice`, `.stationUnreadable`.
    public init(
        _ address: LineAddress, stationFile: StationFile? = nil, idleLimit: Duration = .seconds(5)
    ) throws(LineError) {
        admission = LineAdmission(limit: idleLimit)
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
        if let port { watched.append((port.descriptor, LinePoll.readable)) }
        if let listener { watched.append((listener.descriptor, LinePoll.readable)) }
        let others = waiting.sorted { $0.key < $1.key }
        watched += others.map { ($0.value.port.descriptor, LinePoll.readable) }
        station.advance(to: now)
        if let port { send(on: port) }
        // An answer in a slot, that a command takes its time, and that somebody's turn ends.
        let wake = [station.wake, admission.wake].compactMap { $0 }.min()
        var ready = LinePoll.wait(watched, until: wake.map { min(end, begin + $0) } ?? end)[...]
        if let port, ready.popFirst() == true { hear(port, element, slot, until: end) }
        if let listener {
            if ready.popFirst() == true { admit(listener) }
            for ((id, _), isReady) in zip(others, ready) where isReady { hearWaiting(id) }
            giveLine(element, slot)
        }
        if watched.isEmpty { reopenDevice(until: end) }
    }

    // MARK: Who has the line

    private func admit(_ listener: LinePort) {
        guard let next = TCPLine.accept(listener) else { return }
        connectionCount += 1
        waiting[connectionCount] = Waiting(port: next)
        guard let gone = admission.opened(connectionCount, from: TCPLine.peer(of: next), at: now) else { return }
        disturbances.closed += 1
        waiting[gone] = nil
    }

    private func hearWaiting(_ id: Int) {
        guard let bytes = waiting[id]?.port.read() else {
            waiting[id] = nil
            return admission.closed(id)
        }
        waiting[id]?.bytes += bytes
        for frame in waiting[id]?.reader.feed(bytes) ?? [] where station.isAddressed(by: frame) {
            admission.heardFrame(from: id, at: now)
        }
        // A host says one thing, and waits for the answer.
        guard let count = waiting[id]?.bytes.count, count > 16_384 else { return }
        disturbances.closed += 1
        waiting[id] = nil
        admission.closed(id)
    }

    private func giveLine(_ element: any IntegratedCircuitCard, _ slot: (any CardChannel)?) {
        if port == nil, let holder {
            admission.closed(holder)
            self.holder = nil
        }
        for (id, ending) in admission.advance(to: now) {
            if ending != .turnOver || id != holder { disturbances.closed += 1 }
            waiting[id] = nil
            if id == holder { (port, holder) = (nil, nil) }
        }
        guard let next = admission.holder, next != holder, let host = waiting.removeValue(forKey: next) else { return }
        (port, holder, reader) = (host.port, next, host.reader)
        station.interrupted()
        receive(host.bytes, element, slot, on: host.port)
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
        if let holder {
            for frame in reader.feed(bytes) where station.isAddressed(by: frame) {
                admission.heardFrame(from: holder, at: now)
            }
        }
        receive(bytes, element, slot, on: port)
    }

    private func receive(
        _ bytes: [UInt8], _ element: any IntegratedCircuitCard, _ slot: (any CardChannel)?, on port: LinePort
    ) {
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
            station[.element]?.answer(process(command.bytes, element), to: command, at: now)
        }
        while let slot, let command = station[.cardSlot]?.dequeueCommand() {
            served += 1
            let response: [UInt8]?
            do { response = try slot.transmit(CommandAPDU(command.bytes)).bytes } catch { response = nil }
            station[.cardSlot]?.answer(response, to: command, at: now)
        }
    }

    private func process(_ command: [UInt8], _ element: any IntegratedCircuitCard) -> [UInt8]? {
        // A serial line has nobody else on it whom the meter could tell apart.
        let isKnown = admission.isHolderKnown
        guard isKnown ? knownLimit.admits(command, at: now) : otherLimit.admits(command, at: now) else {
            disturbances.sessions += 1
            return nil
        }
        served += 1
        let response: [UInt8]
        do throws(CardError) { response = try element.process(command) } catch { return nil }
        if SessionLimit.isProof(command, response) {
            admission.proved()
            // Whoever has proved it now is the known one; the session was begun as it was admitted.
            if isKnown { knownLimit.record(command, response) } else { otherLimit.record(command, response) }
        }
        return response
    }

    private var now: Duration { ContinuousClock.now - begin }

    /// Somebody who waits for the line.
    private struct Waiting {
        let port: LinePort
        var reader = HDLCFrameReader()
        /// What has come so far, for when it has the line.
        var bytes: [UInt8] = []
    }

    /// What on a meter's line did not look like a host.
    public struct Disturbances: Sendable, Hashable {
        /// Connections that were closed: they showed no frame for the meter, or there were too many.
        public internal(set) var closed = 0
        /// Sessions that were not begun: too many were, and not used.
        public internal(set) var sessions = 0

        /// None.
        public init() {}
    }
}
