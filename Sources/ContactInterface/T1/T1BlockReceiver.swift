import ISO7816

/// Gathers the characters of one block of T=1, until it is whole or the line is still (ISO/IEC 7816-3, 11.4.3).
///
/// A block counts as over only when no character has followed it for a while: LEN, whose error the EDC may miss where
/// the block seems shorter for it, would else go unnoticed.
struct T1BlockReceiver: Sendable {
    /// What came.
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

    /// Whether a block has begun.
    var isReceiving: Bool { deadline != nil }

    private var isComplete: Bool { bytes.count >= 3 && bytes.count == 3 + Int(bytes[2]) + check.count }

    mutating func receive(_ byte: UInt8?, edge: Int) {
        if isComplete { isTooLong = true }
        if byte == nil { isUnreadable = true }
        if bytes.count <= 260 { bytes.append(byte ?? 0) }
        deadline = edge + (isComplete && !isTooLong ? settling : characterWait)
    }

    /// The deadline came: what it was. `limit` is the longest INF that is taken.
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
