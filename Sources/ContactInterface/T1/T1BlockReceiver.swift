import ISO7816

/// Collects the characters of one T=1 block, until it is complete or the line is silent (ISO/IEC 7816-3, 11.4.3).
///
/// A block counts as finished only when no character has followed for a while: a wrong LEN that makes the block look
/// shorter, which the EDC may miss, would otherwise go undetected.
struct T1BlockReceiver: Sendable {
    /// The outcome of reception.
    enum Outcome: Sendable, Equatable {
        case block(T1Block)
        case invalid(T1Block.Fault)
    }

    private let check: AnswerToReset.BlockCheck
    private let characterWait: Int
    private let settling: Int
    private var bytes: [UInt8] = []
    private var isUnreadable = false
    private var isTooLong = false
    private(set) var deadline: Int?

    init(_ parameters: TransmissionParameters) {
        check = parameters.answerToReset.blockCheck
        characterWait = parameters.characterWaitingTime + parameters.unit.periods(10)
        settling = parameters.settlingTime
    }

    /// Whether a block has started.
    var isReceiving: Bool { deadline != nil }

    private var isComplete: Bool { bytes.count >= 3 && bytes.count == 3 + Int(bytes[2]) + check.count }

    mutating func receive(_ byte: UInt8?, edge: Int) {
        if isComplete { isTooLong = true }
        if byte == nil { isUnreadable = true }
        if bytes.count <= 260 { bytes.append(byte ?? 0) }
        deadline = edge + (isComplete && !isTooLong ? settling : characterWait)
    }

    /// Called at the deadline; returns the outcome. `limit` is the maximum INF accepted.
    mutating func finish(limit: Int) -> Outcome {
        defer { clear() }
        if isUnreadable { return .invalid(.redundancy) }
        guard isComplete, !isTooLong else { return .invalid(.other) }
        guard check.isRight(bytes) else { return .invalid(.redundancy) }
        guard let block = T1Block(bytes, check), block.information.count <= limit else { return .invalid(.other) }
        return .block(block)
    }

    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        isUnreadable = false
        isTooLong = false
        deadline = nil
    }
}
