public import ValueProtocol

/// The meter's end of a link: it answers each request once, however often the line repeats it.
///
/// It knows one connection at a time, and the one that may follow it: a requested connection replaces the previous one
/// only with its first request, so that a late, repeated `open` ends nothing. Connection numbers are random and
/// generated here, so that late frames of an earlier connection are not accepted as requests of this one.
///
/// No secret or value depends on it: anyone who can write to the line can also open a connection. The session within
/// protects what the element accepts.
public struct LineResponder: Sendable {
    private struct Connection: Sendable {
        let number: UInt32
        let peer: PartyID
        let nonce: [UInt8]
        var last: UInt32 = 0
        var answer: LineFrame?
    }

    /// Whose line it is.
    public let id: PartyID
    private let draw: @Sendable () -> UInt32
    private var current: Connection?
    private var next: Connection?

    /// - Parameters:
    ///   - id: of the meter.
    ///   - draw: returns a new random number at each call.
    public init(_ id: PartyID, draw: @escaping @Sendable () -> UInt32) {
        self.id = id
        self.draw = draw
    }

    /// Answers a frame.
    ///
    /// - Parameters:
    ///   - frame: as received.
    ///   - process: returns the element's answer to a command APDU of a new request; nil if it gave none. It is called
    ///     at most once per request.
    /// - Returns: the frame to send; nil if the frame is late, or for another party.
    public mutating func answer(_ frame: LineFrame, _ process: ([UInt8]) -> [UInt8]?) -> LineFrame? {
        guard frame.destination == id || frame.destination == .none, frame.source != .none else { return nil }
        switch frame.kind {
        case .open: return open(frame)
        case .request: return request(frame, process)
        case .opened, .response, .silent, .unknown: return nil
        }
    }

    private mutating func open(_ frame: LineFrame) -> LineFrame? {
        guard frame.payload.count == LineRequester.nonceCount else { return nil }
        let known = [current, next].compactMap { $0 }.first { $0.peer == frame.source && $0.nonce == frame.payload }
        let connection: Connection
        if let known {
            connection = known
        } else {
            connection = Connection(number: freshNumber(), peer: frame.source, nonce: frame.payload)
            next = connection
        }
        return LineFrame(.opened, from: id, to: frame.source, connection: connection.number, frame.payload)
    }

    private func freshNumber() -> UInt32 {
        var number = draw()
        while number == 0 || number == current?.number || number == next?.number { number &+= 1 }
        return number
    }

    private mutating func request(_ frame: LineFrame, _ process: ([UInt8]) -> [UInt8]?) -> LineFrame? {
        if let next, next.number == frame.connection, next.peer == frame.source {
            current = next
            self.next = nil
        }
        guard let connection = current, connection.number == frame.connection, connection.peer == frame.source else {
            return LineFrame(
                .unknown, from: id, to: frame.source, connection: frame.connection, sequence: frame.sequence)
        }
        if frame.sequence == connection.last, let answer = connection.answer { return answer }
        guard frame.sequence > connection.last else { return nil }
        let answer = process(frame.payload)
        let fits = answer.map { $0.count <= LineFrame.maxPayloadLength } ?? false
        let reply = LineFrame(
            fits ? .response : .silent, from: id, to: frame.source, connection: frame.connection,
            sequence: frame.sequence, fits ? answer ?? [] : [])
        current?.last = frame.sequence
        current?.answer = reply
        return reply
    }
}
