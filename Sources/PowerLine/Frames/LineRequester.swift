public import ValueProtocol

/// The host's end of a link: it opens a connection, sends one request at a time, repeats it until its answer arrives,
/// and accepts no other answer for it.
///
/// It has no clock and no line: times are passed in as durations since any fixed moment, and the bytes to send are
/// dequeued with ``dequeueOutput()``.
public struct LineRequester: Sendable {
    /// The state of the last request.
    public enum State: Sendable, Hashable {
        /// There was no request.
        case idle
        /// Waiting for the answer.
        case waiting
        /// The connection is open.
        case opened
        /// The response APDU.
        case answered([UInt8])
        /// The request was delivered; the element gave no answer.
        case silent
        /// The other end does not know the connection, because it restarted. Whether it received the request is
        /// unknown.
        case unknown
    }

    /// The requester.
    public let own: PartyID
    /// The party at the other end; if not named, `.none` until it has answered.
    public private(set) var peer: PartyID
    public private(set) var state = State.idle
    /// Whether a connection is open.
    public var isOpen: Bool { connection != 0 }
    private let timeout: Duration
    private var connection: UInt32 = 0
    private var sequence: UInt32 = 0
    private var asked: LineFrame?
    private var interval: Duration
    private var nextRepeat = Duration.zero
    private var output: [UInt8] = []
    private var reader = LineFrameReader()

    /// Bytes of the number that identifies an `open`.
    static let nonceCount = 8

    /// - Parameters:
    ///   - own: the requester.
    ///   - peer: the party at the other end; `.none` accepts any.
    ///   - timeout: time after which a request is first repeated; it doubles each time, up to eightfold.
    public init(_ own: PartyID, asking peer: PartyID = .none, timeout: Duration = .milliseconds(500)) {
        self.own = own
        self.peer = peer
        self.timeout = timeout
        interval = timeout
    }

    /// Requests a connection, replacing any existing one.
    ///
    /// - Parameters:
    ///   - nonce: 8 bytes, never used before.
    ///   - now: the time since any fixed moment.
    public mutating func open(nonce: [UInt8], at now: Duration) {
        precondition(nonce.count == LineRequester.nonceCount, "a nonce has 8 bytes")
        connection = 0
        sequence = 0
        ask(LineFrame(.open, from: own, to: peer, nonce), at: now)
    }

    /// Sends a command APDU of at most `LineFrame.maxPayloadLength` bytes over the connection.
    public mutating func request(_ command: [UInt8], at now: Duration) {
        precondition(isOpen, "a request wants a connection")
        sequence += 1
        ask(
            LineFrame(.request, from: own, to: peer, connection: connection, sequence: sequence, command), at: now)
    }

    private mutating func ask(_ frame: LineFrame, at now: Duration) {
        asked = frame
        state = .waiting
        interval = timeout
        nextRepeat = now + interval
        output = frame.bytes
    }

    /// When ``advance(to:)`` next has something to do; nil while no answer is awaited.
    public var wake: Duration? { asked == nil ? nil : nextRepeat }

    /// Advances the time: an overdue request is sent again.
    public mutating func advance(to now: Duration) {
        guard let asked, now >= nextRepeat else { return }
        interval = min(interval * 2, timeout * 8)
        nextRepeat = now + interval
        output += asked.bytes
    }

    /// The line was re-established: the pending request is sent again at once.
    public mutating func reconnected(at now: Duration) {
        reader = LineFrameReader()
        guard let asked else { return }
        nextRepeat = now + interval
        output = asked.bytes
    }

    /// Cancels the request; a late answer is dropped.
    public mutating func cancel() {
        asked = nil
        output = []
        state = .idle
    }

    /// Dequeues the bytes to send now.
    public mutating func dequeueOutput() -> [UInt8] {
        defer { output = [] }
        return output
    }

    /// Feeds bytes from the line.
    public mutating func receive(_ bytes: some Sequence<UInt8>) {
        for frame in reader.feed(bytes) { receive(frame) }
    }

    private mutating func receive(_ frame: LineFrame) {
        guard let asked, frame.destination == own, frame.source != .none,
            asked.destination == .none || frame.source == asked.destination
        else { return }
        switch (asked.kind, frame.kind) {
        case (.open, .opened) where frame.payload == asked.payload && frame.connection != 0:
            connection = frame.connection
            peer = frame.source
            settle(.opened)
        case (.request, _) where frame.connection == connection && frame.sequence == sequence:
            switch frame.kind {
            case .response: settle(.answered(frame.payload))
            case .silent: settle(.silent)
            case .unknown:
                connection = 0
                settle(.unknown)
            case .open, .opened, .request: break
            }
        default: break
        }
    }

    private mutating func settle(_ state: State) {
        self.state = state
        asked = nil
        output = []
    }
}
