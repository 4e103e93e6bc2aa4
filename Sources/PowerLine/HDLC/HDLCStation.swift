/// A meter's end of a line: its station, and the logical devices behind it.
///
/// It answers frames that are for its station, and while it holds a station none but those of the client that assigned it.
/// Without a station it answers every client. How it gets one is said by frames to all stations (``StationMembership``).
public struct HDLCStation: Sendable {
    /// Which station the meter has, and how it gets one.
    public private(set) var membership: StationMembership
    private let timing: HDLCTiming
    private var reader: HDLCFrameReader
    private var secondaries: [HDLCSecondary]
    private var lastByte: Duration?
    /// An answer to a frame for all stations.
    private var output: [HDLCFrame] = []

    /// - Parameters:
    ///   - secondaries: its logical devices.
    ///   - timing: of the line.
    ///   - membership: its station, and how it gets one.
    ///   - maxInformationLength: the longest information field that it waits for; what is offered, at least.
    public init(
        _ secondaries: [HDLCSecondary], timing: HDLCTiming, membership: StationMembership,
        maxInformationLength: Int = HDLCParameters.offered.receiveLength
    ) {
        self.secondaries = secondaries
        self.timing = timing
        self.membership = membership
        reader = HDLCFrameReader(maxInformationLength: max(maxInformationLength, HDLCParameters.standard.receiveLength))
    }

    /// The logical device; nil if it has none of this name.
    public subscript(device: HDLCDevice) -> HDLCSecondary? {
        get { secondaries.first { $0.device == device } }
        set {
            guard let newValue, let index = secondaries.firstIndex(where: { $0.device == device }) else { return }
            secondaries[index] = newValue
        }
    }

    /// Whether one of the logical devices has a command to be dequeued.
    public var hasCommand: Bool { secondaries.contains { $0.hasCommand } }

    /// When ``advance(to:)`` next has something to do; nil if nothing is going on.
    public var wake: Duration? {
        var times = secondaries.compactMap(\.wake)
        if let due = membership.wake { times.append(due) }
        if let lastByte, reader.isInFrame { times.append(lastByte + timing.silence) }
        return times.min()
    }

    /// Advances the time.
    public mutating func advance(to now: Duration) {
        if let lastByte, reader.isInFrame, now >= lastByte + timing.silence {
            for frame in reader.breakOff() { receive(frame, at: now) }
        }
        for index in secondaries.indices { secondaries[index].advance(to: now) }
        membership.advance(to: now)
        if let answer = membership.dequeueAnswer(at: now) { output.append(answer) }
    }

    /// Feeds bytes from the line.
    public mutating func receive(_ bytes: [UInt8], at now: Duration) {
        if let lastByte, reader.isInFrame, now > lastByte + timing.silence {
            for frame in reader.breakOff() { receive(frame, at: now) }
        }
        lastByte = now
        for frame in reader.feed(bytes) { receive(frame, at: now) }
    }

    /// The carrier was interrupted: what had begun to come in is lost.
    public mutating func interrupted() { _ = reader.breakOff() }

    /// Dequeues the bytes to send now.
    public mutating func dequeueOutput() -> [UInt8] {
        guard !output.isEmpty || secondaries.contains(where: { $0.hasOutput }) else { return [] }
        var frames = output
        output = []
        for index in secondaries.indices { frames += secondaries[index].dequeueFrames() }
        return HDLCFrame.bytes(of: frames)
    }

    /// Takes a frame of the line.
    public mutating func receive(_ frame: HDLCFrame, at now: Duration) {
        guard frame.direction == .command else { return }
        if frame.server.station == .all {
            guard frame.server.device == .management, frame.control == .unnumberedInformation, !frame.isFinal,
                let message = StationMessage(frame.information)
            else { return }
            membership.receive(message, from: frame.client, at: now)
            if let answer = membership.dequeueAnswer(at: now) { output.append(answer) }
            return
        }
        guard isMine(frame) else { return }
        membership.addressed(at: now)
        guard let index = secondaries.firstIndex(where: { $0.device == frame.server.device }) else { return }
        secondaries[index].receive(frame, at: now)
    }

    /// Whether a frame is for this meter: for its station, or for all.
    func isAddressed(by frame: HDLCFrame) -> Bool {
        frame.direction == .command && (frame.server.station == .all || isMine(frame))
    }

    private func isMine(_ frame: HDLCFrame) -> Bool {
        guard let assignment = membership.assignment else { return frame.server.station == .unassigned }
        return frame.server.station == .number(assignment.station) && frame.client == assignment.client
    }

    /// Dequeues a change of its station, to be written down before the bytes of ``dequeueOutput()`` are sent.
    public mutating func dequeueChange() -> StationMembership.Change? { membership.dequeueChange() }

    /// The change that was dequeued last could not be written down: the meter has the station that it had.
    public mutating func revertChange() { membership.revertChange() }
}
