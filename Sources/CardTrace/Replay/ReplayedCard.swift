public import ISO7816
import Synchronization

/// A card that answers as a recorded one did, in the order of the trace: a ready-made test double.
///
///     let trace = try TraceReader.records(in: bytes, file: "desk.jsonl")
///     let card = ReplayedCard(trace)
///     let channel = try InProcessChannel(card)
///
/// A command that is not the next one of the trace is answered `6F00`, and so are all after it; the first is
/// ``divergence``. Masked bytes of a command match any; an answer with masked bytes cannot be replayed, which is a
/// divergence too.
public final class ReplayedCard: IntegratedCircuitCard, Sendable {
    private struct State {
        /// The index of the next record.
        var next = 0
        /// How many commands were answered as recorded.
        var played = 0
        var divergence: ReplayDivergence?
    }

    private let records: [TraceRecord]
    private let state = Mutex(State())
    public let answerToReset: [UInt8]

    /// Instructions whose commands are compared only by header.
    public let ignoring: Set<UInt8>

    /// - Parameters:
    ///   - records: the trace.
    ///   - reader: the reader whose records are replayed; nil for all.
    ///   - answerToReset: nil for the trace's first, or a T=1 one without historical bytes where it has none.
    ///   - ignoring: instructions whose commands are compared only by header.
    public init(
        _ records: [TraceRecord], reader: String? = nil, answerToReset: [UInt8]? = nil, ignoring: Set<UInt8> = []
    ) {
        self.records = records.filter { reader == nil || $0.reader == reader }
        self.ignoring = ignoring
        let recorded = self.records.lazy.compactMap { record -> [UInt8]? in
            guard case .card(let event) = record, !event.answerToReset.isEmpty else { return nil }
            return event.answerToReset
        }.first
        self.answerToReset = answerToReset ?? recorded ?? [0x3B, 0x80, 0x80, 0x01, 0x01]
    }

    /// The first command that was not as recorded; nil where all were.
    public var divergence: ReplayDivergence? { state.withLock { $0.divergence } }

    /// How many commands were answered as recorded.
    public var played: Int { state.withLock { $0.played } }

    /// How many recorded commands were not received yet.
    public var left: Int {
        let next = state.withLock { $0.next }
        return records[next...].count { if case .exchange = $0 { true } else { false } }
    }

    /// Whether every command of the trace was received, as recorded.
    public var isFinished: Bool { left == 0 && divergence == nil }

    /// Skips the resets of the trace at this position. Resets that are not in the trace have no effect, since readers
    /// reset cards at any time.
    public func reset() throws(CardError) {
        state.withLock { skipCardEvents(&$0) }
    }

    public func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        let outcome: Result<[UInt8], CardError> = state.withLock { state in
            guard state.divergence == nil else { return .success([0x6F, 0x00]) }
            skipCardEvents(&state)
            guard records.indices.contains(state.next), case .exchange(let event) = records[state.next] else {
                state.divergence = ReplayDivergence(number: state.played + 1, expected: nil, command: command)
                return .success([0x6F, 0x00])
            }
            let alike = Self.alike(
                event.command, command, headerOnly: command.count > 1 && ignoring.contains(command[1]))
            var isKnown = true
            if case .response(let answer) = event.outcome, answer.hasMasked { isKnown = false }
            guard alike, isKnown else {
                state.divergence = ReplayDivergence(
                    number: state.played + 1, expected: event.command, command: command, answerIsMasked: alike)
                return .success([0x6F, 0x00])
            }
            state.next += 1
            state.played += 1
            switch event.outcome {
            case .response(let answer): return .success(answer.bytes)
            case .failure(let error): return .failure(error)
            }
        }
        switch outcome {
        case .success(let answer): return answer
        case .failure(let error): throw error
        }
    }

    private func skipCardEvents(_ state: inout State) {
        while records.indices.contains(state.next), case .card = records[state.next] { state.next += 1 }
    }

    static func alike(_ recorded: MaskedBytes, _ command: [UInt8], headerOnly: Bool) -> Bool {
        if headerOnly { return recorded.bytes.prefix(4) == command.prefix(4) }
        guard recorded.count == command.count else { return false }
        var command = MaskedBytes(command)
        for range in recorded.maskedRanges { command.mask(range) }
        return command.bytes == recorded.bytes
    }
}

extension TraceReader {
    /// Reads a whole trace from memory.
    ///
    /// - Parameters:
    ///   - bytes: the file.
    ///   - source: the format; detected from the content where nil.
    ///   - file: its name in errors.
    /// - Throws: `TraceFileError`, with the line or byte.
    public static func records(
        in bytes: some Collection<UInt8>, _ source: TraceSource? = nil, file: String
    ) throws(TraceFileError) -> [TraceRecord] {
        var reader = TraceReader(source, file: file)
        return try reader.feed(bytes) + reader.finish()
    }
}
