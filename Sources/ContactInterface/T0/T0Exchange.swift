/// The reader's side of T=0: one TPDU at a time, by procedure bytes (ISO/IEC 7816-3, 10.3).
///
/// A TPDU is a header with P3, and data where P3 is a length of data. What comes back is data and status word. Nothing
/// is ever retransmitted: T=0 has no sequence numbers by which a card could tell a retransmission from a new command.
public struct T0Exchange: TransmissionEngine, Sendable {
    private enum Stage: Sendable, Equatable {
        case idle
        case sending
        case procedure
        case receiving(Int)
        case secondStatus(UInt8)
        case settling
    }

    private let waitingTime: Int
    private let settlingTime: Int
    private let character: Int
    private let timeout: Int
    private var stage = Stage.idle
    private var header: [UInt8] = []
    private var unsent: ArraySlice<UInt8> = []
    private var maxAnswerLength = 0
    private var answer: [UInt8] = []
    private var outgoing: [UInt8] = []
    private var began = 0
    public private(set) var deadline: Int?
    private var result: Result<[UInt8], TransmissionError>?

    /// - Parameters:
    ///   - parameters: the result of answer to reset and PPS.
    ///   - timeout: maximum clock periods per TPDU, however many NULL bytes the card sends.
    public init(_ parameters: TransmissionParameters, timeout: Int) {
        waitingTime = parameters.waitingTime
        settlingTime = parameters.settlingTime
        character = parameters.unit.periods(10)
        self.timeout = timeout
    }

    /// Returns the outcome of the TPDU, once.
    public mutating func dequeueResult() -> Result<[UInt8], TransmissionError>? {
        defer { result = nil }
        return result
    }

    /// Starts a TPDU: five bytes and the data.
    public mutating func exchange(_ tpdu: [UInt8], at now: Int) {
        answer = []
        began = now
        header = Array(tpdu.prefix(5))
        guard tpdu.count == 5 || tpdu.count == 5 + Int(tpdu.count > 4 ? tpdu[4] : 0) else {
            return end(.command, "P3 and the number of bytes disagree")
        }
        guard header[1] & 0xF0 != 0x60, header[1] & 0xF0 != 0x90, header[0] != PPSMessage.initialByte else {
            return end(.command, "INS 6x and 9x are status bytes, and CLA FF is PPS")
        }
        unsent = tpdu.dropFirst(5)
        maxAnswerLength = !unsent.isEmpty ? 0 : header[4] == 0 ? 256 : Int(header[4])
        stage = .sending
        outgoing = header
    }

    public var hasOutgoing: Bool { !outgoing.isEmpty }

    public mutating func dequeueOutgoing() -> [UInt8] {
        defer { outgoing = [] }
        return outgoing
    }

    public mutating func sent(edge: Int) {
        guard stage == .sending else { return }
        stage = .procedure
        wait(edge)
    }

    public mutating func received(_ byte: UInt8?, edge: Int) {
        guard let byte else { return unreadable() }
        switch stage {
        case .procedure: procedure(byte, edge: edge)
        case .receiving(let left):
            answer.append(byte)
            stage = left > 1 ? .receiving(left - 1) : .procedure
            wait(edge)
        case .secondStatus(let first):
            answer += [first, byte]
            stage = .settling
            deadline = edge + settlingTime
        case .sending, .settling: end(.protocolViolation, "a character out of turn")
        case .idle: break
        }
    }

    private mutating func procedure(_ byte: UInt8, edge: Int) {
        let left = maxAnswerLength - answer.count
        switch byte {
        case 0x60:
            guard edge - began <= timeout else { return end(.timeout) }
            wait(edge)
        case 0x61...0x6F, 0x90...0x9F:
            // A card sends all of Le or nothing (12.2): fewer bytes mean that a procedure byte was lost.
            guard answer.isEmpty || left == 0 else { return end(.protocolViolation, "\(left) bytes are missing") }
            stage = .secondStatus(byte)
            wait(edge)
        case header[1] where !unsent.isEmpty: send(unsent.count)
        case ~header[1] where !unsent.isEmpty: send(1)
        case header[1] where left > 0:
            stage = .receiving(left)
            wait(edge)
        case ~header[1] where left > 0:
            stage = .receiving(1)
            wait(edge)
        default: end(.protocolViolation, "procedure byte \(String(byte, radix: 16, uppercase: true))")
        }
    }

    private mutating func send(_ count: Int) {
        outgoing = Array(unsent.prefix(count))
        unsent = unsent.dropFirst(count)
        stage = .sending
        deadline = nil
    }

    public mutating func timeReached(_ now: Int) {
        guard stage == .settling else { return end(.waitingTime) }
        stage = .idle
        deadline = nil
        result = .success(answer)
    }

    /// A character had wrong parity in all repetitions, in either direction.
    public mutating func unreadable() { end(.parity) }

    private mutating func wait(_ edge: Int) { deadline = edge + waitingTime + character }

    private mutating func end(_ code: TransmissionError.Code, _ detail: String = "") {
        guard stage != .idle || code == .command else { return }
        stage = .idle
        deadline = nil
        outgoing = []
        let name = header.prefix(4).map { String($0 >> 4, radix: 16) + String($0 & 0x0F, radix: 16) }.joined()
        result = .failure(TransmissionError(code, subject: "T=0 command \(name.uppercased())", detail: detail))
    }
}
