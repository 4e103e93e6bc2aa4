/// Compares two traces, aligned by the longest common subsequence of their commands (Myers).
public struct TraceComparison: Sendable {
    /// A difference.
    public enum Difference: Sendable, Equatable {
        /// A command only in the first, with its number from 1.
        case onlyFirst(Int, TraceEvent)
        /// A command only in the second.
        case onlySecond(Int, TraceEvent)
        /// The same command with different data or length.
        case command(Int, TraceEvent, Int, TraceEvent)
        /// The same command with a different answer or none.
        case answer(Int, TraceEvent, Int, TraceEvent)
    }

    /// The differences in order.
    public let differences: [Difference]
    /// How many commands are the same in both, including answers.
    public let same: Int

    /// Instructions that carry random numbers, or cryptograms that depend on them: the challenge and authentication
    /// commands of ISO/IEC 7816-4 (82, 84, 86, 87, 88), INITIALIZE UPDATE of GlobalPlatform and INITIALIZE of this
    /// system (50), and this system's EXECUTE (52).
    public static let challenges: Set<UInt8> = [0x50, 0x52, 0x82, 0x84, 0x86, 0x87, 0x88]

    /// Compares two traces.
    ///
    /// - Parameters:
    ///   - first: a trace; records other than commands are ignored.
    ///   - second: another.
    ///   - ignoring: instructions for which only header and status word are compared.
    public init(_ first: [TraceRecord], _ second: [TraceRecord], ignoring: Set<UInt8> = []) {
        let (a, b) = (first.compactMap(Self.event), second.compactMap(Self.event))
        let alignment = CommandAlignment(
            a, b, alike: { Self.alike($0, $1, ignoring) }, key: { Self.key($0, ignoring) })
        let paired = Set(alignment.partners.compactMap(\.self))
        var (differences, same, i, j): ([Difference], Int, Int, Int) = ([], 0, 0, 0)
        while i < a.count || j < b.count {
            let isRemoved = i < a.count && alignment.partners[i] == nil
            let isInserted = j < b.count && !paired.contains(j)
            if isRemoved, isInserted, a[i].command.bytes.prefix(4) == b[j].command.bytes.prefix(4) {
                differences.append(.command(i + 1, a[i], j + 1, b[j]))
                (i, j) = (i + 1, j + 1)
            } else if isRemoved {
                differences.append(.onlyFirst(i + 1, a[i]))
                i += 1
            } else if isInserted {
                differences.append(.onlySecond(j + 1, b[j]))
                j += 1
            } else {
                if Self.sameAnswer(a[i], b[j], ignoring) {
                    same += 1
                } else {
                    differences.append(.answer(i + 1, a[i], j + 1, b[j]))
                }
                (i, j) = (i + 1, j + 1)
            }
        }
        (self.differences, self.same) = (differences, same)
    }

    private static func event(_ record: TraceRecord) -> TraceEvent? {
        if case .exchange(let event) = record { event } else { nil }
    }

    private static func isIgnored(_ event: TraceEvent, _ ignoring: Set<UInt8>) -> Bool {
        event.command.count > 1 && ignoring.contains(event.command.bytes[1])
    }

    private static func alike(_ a: TraceEvent, _ b: TraceEvent, _ ignoring: Set<UInt8>) -> Bool {
        if isIgnored(a, ignoring) { return a.command.bytes.prefix(4) == b.command.bytes.prefix(4) }
        return same(a.command, b.command)
    }

    /// A key that is equal for equal commands; nil where masked bytes leave it undefined.
    private static func key(_ event: TraceEvent, _ ignoring: Set<UInt8>) -> [UInt8]? {
        if isIgnored(event, ignoring) { return Array(event.command.bytes.prefix(4)) }
        return event.command.hasMasked ? nil : event.command.bytes
    }

    private static func sameAnswer(_ a: TraceEvent, _ b: TraceEvent, _ ignoring: Set<UInt8>) -> Bool {
        switch (a.outcome, b.outcome) {
        case (.failure(let a), .failure(let b)): a == b
        case (.response(let first), .response(let second)):
            isIgnored(a, ignoring) ? first.bytes.suffix(2) == second.bytes.suffix(2) : same(first, second)
        default: false
        }
    }

    /// Masked bytes equal any byte.
    private static func same(_ a: MaskedBytes, _ b: MaskedBytes) -> Bool {
        if a == b { return true }
        guard a.count == b.count, a.hasMasked || b.hasMasked else { return false }
        var (first, second) = (a, b)
        for range in b.maskedRanges { first.mask(range) }
        for range in a.maskedRanges { second.mask(range) }
        return first.bytes == second.bytes
    }
}
