/// The end of a line that asks, where the line has one meter: an ``HDLCConnection`` with one of its logical devices, in bytes.
///
/// It has no clock and no line: times are passed in as durations since any fixed moment, and the bytes to send are dequeued
/// with ``dequeueOutput()``.
public struct HDLCPrimary: Sendable {
    public typealias Outcome = HDLCConnection.Outcome
    public typealias Failure = HDLCConnection.Failure
    public typealias Limits = HDLCConnection.Limits

    /// The connection and what is asked of it.
    package private(set) var connection: HDLCConnection
    private var reader: HDLCFrameReader

    /// - Parameters:
    ///   - server: whom it asks.
    ///   - client: its own address, at most `7F`.
    ///   - timing: of the line.
    ///   - offered: the longest fields and windows that it can take and will send.
    ///   - limits: how much it endures.
    public init(
        _ server: HDLCServerAddress, client: UInt8, timing: HDLCTiming, offered: HDLCParameters = .offered,
        limits: Limits = Limits()
    ) {
        connection = HDLCConnection(server, client: client, timing: timing, offered: offered, limits: limits)
        reader = HDLCFrameReader(for: offered)
    }

    /// What became of what was asked for last; nil before, and while it is going on.
    public var outcome: Outcome? { connection.outcome }
    /// The maximum lengths and windows of the connection; nil while there is none.
    public var parameters: HDLCParameters? { connection.parameters }
    /// Whether a connection exists.
    public var isConnected: Bool { connection.isConnected }
    /// Whether something is going on.
    public var isBusy: Bool { connection.isBusy }
    /// The probability that a byte is hit on the line, as estimated from the last frames.
    public var byteErrorRate: Double { connection.byteErrorRate }
    /// Lengths that are not to be chosen; for measurements.
    package var fixedLength: Int? {
        get { connection.fixedLength }
        set { connection.fixedLength = newValue }
    }
    package var fixedWindow: Int? {
        get { connection.fixedWindow }
        set { connection.fixedWindow = newValue }
    }

    /// Begins a connection, in place of one that exists.
    public mutating func connect(at now: Duration) {
        connection.connect(at: now)
        connection.advance(to: now)
    }

    /// Sends a command APDU, over a connection that is made first if there is none.
    public mutating func exchange(_ command: [UInt8], at now: Duration) {
        connection.exchange(command, at: now)
        connection.advance(to: now)
    }

    /// Ends the connection.
    public mutating func disconnect(at now: Duration) {
        connection.disconnect(at: now)
        connection.advance(to: now)
    }

    /// Gives up what is going on. The connection is not used any more.
    public mutating func cancel() { connection.cancel() }

    /// The carrier was interrupted: what was on its way is lost, and the wait for it ends.
    public mutating func interrupted(at now: Duration) {
        reader = HDLCFrameReader(for: connection.offered)
        connection.interrupted(at: now)
    }

    /// When ``advance(to:)`` next has something to do; nil while nothing is going on.
    public var wake: Duration? { connection.wake }

    /// Advances the time: a wait ends, or something is to be sent.
    public mutating func advance(to now: Duration) {
        if connection.isWaitOver(at: now) {
            // A false beginning may have hidden the answer.
            for frame in reader.breakOff() { connection.receive(frame, at: now) }
        }
        connection.advance(to: now)
    }

    /// Feeds bytes from the line.
    public mutating func receive(_ bytes: [UInt8], at now: Duration) {
        connection.heard(at: now)
        var frames: [HDLCFrame] = []
        reader.feed(bytes[...]) { frames.append($0) }
        for frame in frames { connection.receive(frame, at: now) }
        advance(to: now)
    }

    /// Dequeues the bytes to send now.
    public mutating func dequeueOutput() -> [UInt8] {
        let frames = connection.dequeueFrames()
        guard !frames.isEmpty else { return [] }
        // What began before one's own turn is no answer.
        reader = HDLCFrameReader(for: connection.offered)
        return HDLCFrame.bytes(of: frames)
    }
}

extension HDLCFrameReader {
    /// A reader at an end that offered these lengths: SNRM and UA have up to 23 bytes of their own, and what is longer than
    /// was agreed is found out.
    package init(for offered: HDLCParameters) {
        self.init(maxInformationLength: max(offered.receiveLength, HDLCParameters.standard.receiveLength))
    }
}
