import ISO7816

/// Characters at one end of the line: conventions, guard times, parity, and T=0's repetition of characters
/// (ISO/IEC 7816-3, 7.2, 7.3 and 8.1).
struct CharacterLink: Sendable {
    /// The outcome of a received character.
    enum Reception: Sendable, Equatable {
        case byte(UInt8)
        /// Its parity is wrong, and it will not be repeated.
        case unreadable
        /// Its parity is wrong; the error signal requests a repetition.
        case awaitsRepetition
        /// Its parity is wrong in the last allowed repetition.
        case failed
    }

    /// What ``act(at:)`` did.
    enum Act: Sendable, Equatable {
        case output(LineOutput)
        /// Everything was sent, the last character at this edge.
        case sent(edge: Int)
        case nothing
    }

    var convention: AnswerToReset.Convention
    private(set) var unit: ElementaryTimeUnit
    /// How often a character is repeated; nil where there is no error signal (T=1).
    private(set) var repetitions: Int?
    private var guardTime = 0
    private var turnaround = 0
    private var queue: [UInt8] = []
    private var index = 0
    private var tries = 0
    private var isRepetition = false
    private var nextEdge = 0
    private var lastSent: Int?
    private var lastReceived: Int?
    private var signalTime: Int?
    private var confirmTime: Int?
    private var failedReceptions = 0

    /// - Parameters:
    ///   - timing: guard times.
    ///   - repetitions: maximum repetitions per character; nil for none.
    init(convention: AnswerToReset.Convention, timing: CharacterTiming, repetitions: Int?) {
        self.convention = convention
        self.unit = timing.unit
        self.repetitions = repetitions
        set(timing, repetitions: repetitions)
    }

    mutating func set(_ timing: CharacterTiming, repetitions: Int?) {
        unit = timing.unit
        self.repetitions = repetitions
        guardTime = timing.guardTime
        turnaround = timing.turnaround
    }

    var isSending: Bool { index < queue.count || confirmTime != nil }

    /// Starts sending as soon as the guard times allow.
    mutating func send(_ bytes: [UInt8], at now: Int) {
        queue = bytes
        index = 0
        tries = 0
        nextEdge = max(now, (lastSent ?? .min / 2) + guardTime, (lastReceived ?? .min / 2) + turnaround)
    }

    var nextTime: Int? {
        if let signalTime { return signalTime }
        if let confirmTime { return index < queue.count ? min(nextEdge, confirmTime) : confirmTime }
        return index < queue.count ? nextEdge : nil
    }

    mutating func act(at now: Int) -> Act {
        if let time = signalTime, now >= time {
            signalTime = nil
            return .output(.errorSignal)
        }
        if let time = confirmTime, now >= time, index == queue.count {
            confirmTime = nil
            return .sent(edge: lastSent ?? now)
        }
        guard index < queue.count, now >= nextEdge else { return .nothing }
        let character = LineCharacter(levels: convention.levels(of: queue[index]), unit: unit)
        if !isRepetition { tries = 0 }
        isRepetition = false
        index += 1
        lastSent = now
        nextEdge = now + guardTime
        // No error signal can arrive after that.
        if index == queue.count { confirmTime = repetitions == nil ? now : now + unit.periods(12) }
        return .output(.character(character))
    }

    mutating func receive(_ character: LineCharacter, edge: Int) -> Reception {
        lastReceived = edge
        let byte = character.unit == unit ? convention.byte(of: character.levels) : nil
        if let byte {
            failedReceptions = 0
            return .byte(byte)
        }
        guard let repetitions else { return .unreadable }
        failedReceptions += 1
        guard failedReceptions <= repetitions else { return .failed }
        signalTime = edge + unit.periods(halves: 21)
        return .awaitsRepetition
    }

    /// The other end signalled an error for the last character.
    ///
    /// - Returns: false where the allowed repetitions are used up.
    mutating func repeatLast(at now: Int) -> Bool {
        guard let repetitions, index > 0 else { return true }
        tries += 1
        guard tries <= repetitions else { return false }
        index -= 1
        isRepetition = true
        confirmTime = nil
        // The signal lasts up to 2 etu, followed by 2 more (7.3).
        nextEdge = now + unit.periods(4)
        return true
    }

    /// Discards what was to be sent.
    mutating func stop() {
        queue = []
        index = 0
        signalTime = nil
        confirmTime = nil
    }
}
