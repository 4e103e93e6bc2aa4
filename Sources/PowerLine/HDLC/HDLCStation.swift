/// A meter's end of a line: its station, and the logical devices behind it.
///
/// It answers frames that are for its station, and while it holds a station none but those of the client that assigned it.
public struct HDLCStation: Sendable {
    /// Who the meter is on its line.
    public struct Assignment: Sendable, Hashable {
        public let station: UInt16
        /// The address of the client that assigned it.
        public let client: UInt8

        public init(station: UInt16, client: UInt8) {
            self.station = station
            self.client = client
        }
    }

    /// Its station; nil while it has none: it then answers every client.
    public private(set) var assignment: Assignment?
    private let timing: HDLCTiming
    private var reader: HDLCFrameReader
    private var secondaries: [HDLCSecondary]
    private var lastByte: Duration?

    /// - Parameters:
    ///   - secondaries: its logical devices.
    ///   - timing: of the line.
    ///   - assignment: its station; nil if it has none.
    ///   - maxInformationLength: the longest information field that it waits for; what is offered, at least.
    public init(
        _ secondaries: [HDLCSecondary], timing: HDLCTiming, assignment: Assignment? = nil,
        maxInformationLength: Int = HDLCParameters.offered.receiveLength
    ) {
        self.secondaries = secondaries
        self.timing = timing
        self.assignment = assignment
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
        if let lastByte, reader.isInFrame { times.append(lastByte + timing.silence) }
        return times.min()
    }

    /// Advances the time.
    public mutating func advance(to now: Duration) {
        if let lastByte, reader.isInFrame, now >= lastByte + timing.silence {
            for frame in reader.breakOff() { receive(frame, at: now) }
        }
        for index in secondaries.indices { secondaries[index].advance(to: now) }
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
        guard secondaries.contains(where: { $0.hasOutput }) else { return [] }
        var frames: [HDLCFrame] = []
        for index in secondaries.indices { frames += secondaries[index].dequeueFrames() }
        return HDLCFrame.bytes(of: frames)
    }

    private mutating func receive(_ frame: HDLCFrame, at now: Duration) {
        guard frame.direction == .command, isMine(frame),
            let index = secondaries.firstIndex(where: { $0.device == frame.server.device })
        else { return }
        secondaries[index].receive(frame, at: now)
    }

    private func isMine(_ frame: HDLCFrame) -> Bool {
        guard let assignment else { return frame.server.station == .unassigned }
        return frame.server.station == .number(assignment.station) && frame.client == assignment.client
    }
}
