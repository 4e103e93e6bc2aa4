public import ValueProtocol

/// The host's end of a link: it opens a connection, sends one request at a time, repeats it until its answer is there, and
/// takes no other answer for it.
///
/// It has no clock and no line: times are handed in as durations since any fixed moment, and what is to be sent is fetched
/// with ``takeOutput()``.
public struct LineRequester: Sendable {
    /// How things stand with what was asked last.
    public enum State: Sendable, Hashable {
        /// Nothing was asked.
        case idle
        /// The answer is awaited.
        case waiting
        /// The connection is there.
        case opened
        /// The response APDU.
        case answered([UInt8])
        /// The request was taken; the element gave no answer.
        case silent
        /// The other end does not know the connection: it began anew. Whether it took the request is not known.
        case unknown
    }

    /// Who asks.
    public let own: PartyID
    /// Who is asked; `.none` until one that was not named has answered.
    public private(set) var peer: PartyID
    public private(set) var state = State.idle
    /// Whether there is a connection.
    public var isOpen: Bool { connection != 0 }
    private let patience: Duration
    private var connection: UInt32 = 0
    private var sequence: UInt32 = 0
    private var asked: LineFrame?
    private var interval: Duration
    private var nextRepeat = Duration.zero
    private var output: [UInt8] = []
    private var reader = LineFrameReader()

    /// The bytes of the number that marks an `open`.
    public static let nonceCount = 8

    /// - Parameters:
    ///   - own: who asks.
    ///   - peer: who is asked; `.none` for whoever is at the other end.
    ///   - patience: after which a request is repeated for the first time; it doubles each time, up to eight times that.
    public init(_ own: PartyID, asking peer: PartyID = .none, patience: Duration = .milliseconds(500)) {
        self.own = own
        self.peer = peer
        self.patience = patience
        interval = patience
    }

    /// Asks for a connection, in place of any that there is.
    ///
    /// - Parameters:
    ///   - nonce: 8 bytes, never used before.
    ///   - now: the time since any beginning that stays the same.
    public mutating func open(nonce: [UInt8], at now: Duration) {
        precondition(nonce.count == LineRequester.nonceCount, "a nonce has 8 bytes")
        connection = 0
        sequence = 0
        ask(LineFrame(.open, from: own, to: peer, nonce), at: now)
    }

    /// Sends a command APDU of at most `LineFrame.mostPayload` bytes over the connection.
    public mutating func request(_ command: [UInt8], at now: Duration) {
        precondition(isOpen, "a request wants a connection")
        sequence += 1
        ask(
            LineFrame(.request, from: own, to: peer, connection: connection, sequence: sequence, command), at: now)
    }

    private mutating func ask(_ frame: LineFrame, at now: Duration) {
        asked = frame
        state = .waiting
        interval = patience
        nextRepeat = now + interval
        output = frame.bytes
    }

    /// When ``pass(_:)`` has something to do next; nil while nothing is awaited.
    public var wake: Duration? { asked == nil ? nil : nextRepeat }

    /// Lets time pass: a request that waited long enough is sent again.
    public mutating func pass(_ now: Duration) {
        guard let asked, now >= nextRepeat else { return }
        interval = min(interval * 2, patience * 8)
        nextRepeat = now + interval
        output += asked.bytes
    }

    /// The line was lost and is there again: what is awaited is sent again at once.
    public mutating func lineIsBack(at now: Duration) {
        reader = LineFrameReader()
        guard let asked else { return }
        nextRepeat = now + interval
        output = asked.bytes
    }

    /// Nobody waits for the answer any more; one that comes late is dropped.
    public mutating func giveUp() {
        asked = nil
        output = []
        state = .idle
    }

    /// What is to be sent now; it is handed out once.
    public mutating func takeOutput() -> [UInt8] {
        defer { output = [] }
        return output
    }

    /// Takes bytes as they came from the line.
    public mutating func receive(_ bytes: some Sequence<UInt8>) {
        for frame in reader.take(bytes) { receive(frame) }
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
