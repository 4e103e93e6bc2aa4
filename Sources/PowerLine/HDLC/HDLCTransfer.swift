/// The numbered information of one connection, at either end: a message cut into frames on the way out, and one put
/// together on the way in (ISO/IEC 13239, 5.5.2 and 5.5.3; go back N).
struct HDLCTransfer: Sendable {
    /// A part of the message that was sent, and is not confirmed.
    private struct Segment: Sendable {
        let number: UInt8
        let range: Range<Int>
        /// How often the other end asked for it again.
        var asked = 0
        /// Sent since the other end last said what it expects.
        var isJudged = false
    }

    /// A frame's worth of the message.
    struct Piece {
        let send: UInt8
        let isSegmented: Bool
        let information: [UInt8]
    }

    /// What became of a received information field.
    enum Reception: Sendable, Hashable {
        /// More of the message follows.
        case taken
        case complete([UInt8])
        /// Not the frame that is expected: one before it, again, or one behind a frame that was lost.
        case outOfSequence
        /// The message is longer than `maxMessage`.
        case tooLong
    }

    let parameters: HDLCParameters
    private let maxMessage: Int
    private var costs: HDLCErrorEstimate.Costs
    /// V(R): the number expected next.
    private(set) var receiveNumber: UInt8 = 0
    /// V(S): the number of the next new frame.
    private(set) var sendNumber: UInt8 = 0
    private var message: [UInt8]?
    /// Up to here the message was cut into segments.
    private var cut = 0
    private var segments: [Segment] = []
    private var received: [UInt8] = []
    private(set) var estimate = HDLCErrorEstimate()
    /// The length and number of frames, where they are not to be chosen; for measurements.
    private let fixed: HDLCCut?
    /// Frames that come out of turn may be late copies. What they ask for is repeated, but never cut anew: the other end may
    /// have taken the first cut.
    var mayRecut = true
    /// Whether the end of the message was ever sent.
    private(set) var hasSentEnd = false

    init(
        _ parameters: HDLCParameters, maxMessage: Int, costs: HDLCErrorEstimate.Costs, fixed: HDLCCut? = nil,
        estimate: HDLCErrorEstimate = HDLCErrorEstimate()
    ) {
        self.parameters = parameters
        self.maxMessage = maxMessage
        self.costs = costs
        self.fixed = fixed
        self.estimate = estimate
    }

    /// Whether there is a message that is not wholly confirmed.
    var isSending: Bool { message != nil }
    /// Whether frames were sent that are not confirmed.
    var hasUnconfirmed: Bool { !segments.isEmpty }
    /// Whether a message has begun to come in.
    var isReceiving: Bool { !received.isEmpty }

    /// Sends a message. The one before it must be confirmed.
    mutating func start(_ message: [UInt8]) {
        self.message = message
        cut = 0
        hasSentEnd = false
    }

    /// The frames of one turn: first what was not confirmed, then what is new.
    mutating func nextPieces() -> [Piece] {
        guard let message else { return [] }
        let plan = plan()
        if let first = segments.first, first.asked >= 2, mayRecut, first.range.count * 3 > plan.length * 4 {
            // The other end has said twice that it has none of these.
            cut = first.range.lowerBound
            sendNumber = first.number
            segments = []
        }
        while segments.count < plan.frames, cut < message.count || (message.isEmpty && segments.isEmpty) {
            // Equal parts: none is much shorter than the others.
            let rest = message.count - cut
            let parts = max(1, (rest + plan.length - 1) / plan.length)
            let count = (rest + parts - 1) / parts
            segments.append(Segment(number: sendNumber, range: cut..<cut + count))
            cut += count
            sendNumber = (sendNumber &+ 1) & 7
        }
        return segments.indices.prefix(max(1, plan.frames)).map { index in
            segments[index].isJudged = false
            let segment = segments[index]
            let isSegmented = segment.range.upperBound < message.count
            if !isSegmented { hasSentEnd = true }
            return Piece(send: segment.number, isSegmented: isSegmented, information: Array(message[segment.range]))
        }
    }

    private func plan() -> HDLCCut {
        if let fixed { return fixed }
        return estimate.best(
            upTo: HDLCCut(length: parameters.transmitLength, frames: parameters.transmitWindow), costs)
    }

    /// Takes the number that the other end expects next.
    ///
    /// - Returns: the number of frames that it confirms; nil if it is not possible.
    mutating func confirm(_ number: UInt8) -> Int? {
        let first = segments.first?.number ?? sendNumber
        let count = Int((number &- first) & 7)
        guard count <= segments.count else { return nil }
        for segment in segments.prefix(count) { estimate.record(wireCount(segment), hasArrived: true) }
        segments.removeFirst(count)
        if let message, segments.isEmpty, cut == message.count, hasSentEnd { self.message = nil }
        return count
    }

    /// The other end's turn is over and it has not confirmed everything: it asks for the first of the rest again. Those
    /// behind it say nothing of the line, since they are dropped with it.
    mutating func askedAgain() {
        for index in segments.indices where !segments[index].isJudged {
            segments[index].isJudged = true
            guard index == 0 else { continue }
            segments[0].asked += 1
            estimate.record(wireCount(segments[0]), hasArrived: false)
        }
    }

    /// Takes into account how long a turn took to begin, in bytes of the line.
    mutating func recordTurnaround(_ bytes: Double) {
        guard bytes.isFinite, bytes < costs.wait else { return }
        costs.turnaround += (max(0, bytes) - costs.turnaround) / 8
    }

    private func wireCount(_ segment: Segment) -> Int { segment.range.count + costs.frame }

    /// Takes an information field.
    mutating func receive(_ number: UInt8, isSegmented: Bool, _ information: [UInt8]) -> Reception {
        guard number == receiveNumber else { return .outOfSequence }
        guard received.count + information.count <= maxMessage else { return .tooLong }
        receiveNumber = (receiveNumber &+ 1) & 7
        received += information
        guard !isSegmented else { return .taken }
        defer { received = [] }
        return .complete(received)
    }
}
