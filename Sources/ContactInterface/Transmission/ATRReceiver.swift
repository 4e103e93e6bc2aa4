internal import ISO7816

/// The reader's side of the answer to reset: characters from TS to the last (ISO/IEC 7816-3, 6.2.2 and 8).
///
/// TS defines the convention, so the input is levels. The answer is complete when all announced bytes have arrived and
/// the line has been silent long enough that an extra byte would have been noticed.
struct ATRReceiver: Sendable {
    /// The state of reception.
    enum State: Sendable, Equatable {
        case receiving
        case received(AnswerToReset)
        case failed(TransmissionError)
    }

    /// Maximum clock periods from the edge of RST to TS: 40,000 (6.2.2).
    static let maxDelay = 40_000
    /// Maximum time between two characters: 9,600 etu (8.1).
    static let waitingTime = ElementaryTimeUnit.initial.periods(9_600)

    /// The state of reception.
    private(set) var state: State = .receiving
    /// When ``timeReached(_:)`` is to be called.
    private(set) var deadline: Int?
    private var convention: AnswerToReset.Convention?
    private var bytes: [UInt8] = []
    private var expected: Int? = 2
    /// The index of the byte that tells how many more follow.
    private var indicator = 1
    private var checks = false

    /// - Parameter now: when RST went high.
    init(at now: Int) { deadline = now + Self.maxDelay + CharacterTiming.initial.character }

    /// Whether no character was received yet.
    var isFirst: Bool { bytes.isEmpty }

    /// Receives a character.
    mutating func receive(_ character: LineCharacter, edge: Int) {
        guard state == .receiving else { return }
        guard let convention = convention ?? AnswerToReset.Convention(initialCharacter: character.levels) else {
            return fail(.answerToReset, "neither convention's TS")
        }
        self.convention = convention
        guard character.unit == .initial, let byte = convention.byte(of: character.levels) else {
            return fail(.answerToReset, "parity of byte \(bytes.count)")
        }
        bytes.append(byte)
        guard bytes.count <= 64 else { return fail(.answerToReset, "more than 64 bytes") }
        advance()
        let isComplete = bytes.count >= (expected ?? .max)
        let wait = isComplete ? ElementaryTimeUnit.initial.periods(23) : Self.waitingTime
        deadline = edge + wait + (isComplete ? 0 : CharacterTiming.initial.character)
    }

    /// Called at the deadline.
    mutating func timeReached(_ now: Int) {
        guard state == .receiving, let deadline, now >= deadline else { return }
        guard !bytes.isEmpty else { return fail(.mute, "no TS") }
        guard bytes.count >= (expected ?? .max) else { return fail(.answerToReset, "\(bytes.count) bytes only") }
        self.deadline = nil
        do throws(ATRError) {
            state = .received(try AnswerToReset(bytes))
        } catch {
            fail(.answerToReset, "\(error)")
        }
    }

    /// Recalculates the number of bytes after T0 or a TD.
    private mutating func advance() {
        while bytes.count == expected {
            guard indicator == bytes.count - 1, indicator >= 1 else { return }
            let byte = bytes[indicator]
            if indicator > 1, byte & 0x0F != 0 { checks = true }
            let historical = Int(bytes[1] & 0x0F)
            let following = (byte & 0xF0).nonzeroBitCount
            if byte & 0x80 != 0 {
                indicator += following
                expected = indicator + 1
            } else {
                expected = bytes.count + following + historical + (checks ? 1 : 0)
                indicator = -1
            }
        }
    }

    private mutating func fail(_ code: TransmissionError.Code, _ detail: String) {
        state = .failed(TransmissionError(code, subject: "answer to reset", detail: detail))
        deadline = nil
    }
}
