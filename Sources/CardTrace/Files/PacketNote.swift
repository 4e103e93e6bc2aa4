import ISO7816

/// Packet comments with what a packet itself cannot hold, for people and for reading back.
enum PacketNote {
    private static let fromPrefix = "from: "
    private static let maskedPrefix = "masked, not real: bytes "
    private static let noAnswerPrefix = "no answer: "
    private static let causePrefix = "cause: "
    private static let separator = " | "
    private static let cardPrefix = "card "
    private static let answerToResetPrefix = "answer to reset: "
    private static let maskedAnswerPrefix = "masked answer, not real: bytes "
    private static let durationPrefix = "answered after "
    private static let commandPrefix = "command as sent: "

    private static let prefixes = [
        fromPrefix, maskedPrefix, noAnswerPrefix, cardPrefix, answerToResetPrefix, maskedAnswerPrefix, durationPrefix,
        commandPrefix,
    ]
    private static let beginnings = Set(prefixes.compactMap(\.utf8.first))

    static func from(_ sender: TraceSender) -> String { fromPrefix + sender.description }

    /// `masked, not real: bytes 5-8`, counted from 0; none where nothing is masked.
    static func masked(_ bytes: MaskedBytes) -> [String] { masked(bytes, maskedPrefix) }

    /// The same for an answer in one packet with its command, counted from the answer's first byte.
    static func masked(answer bytes: MaskedBytes) -> [String] { masked(bytes, maskedAnswerPrefix) }

    private static func masked(_ bytes: MaskedBytes, _ prefix: String) -> [String] {
        guard bytes.hasMasked else { return [] }
        let ranges = bytes.maskedRanges.map { "\($0.lowerBound)-\($0.upperBound - 1)" }
        return [prefix + ranges.joined(separator: ", ")]
    }

    /// The card's answer to reset, where no earlier packet has it.
    static func answerToReset(_ bytes: [UInt8]) -> String { answerToResetPrefix + bytes.hexadecimal(separator: " ") }

    /// The duration of an exchange in one packet.
    static func answered(after duration: Duration) -> String { "\(durationPrefix)\(duration.nanoseconds) ns" }

    /// The whole command, where the T=0 form is ambiguous.
    static func command(_ bytes: MaskedBytes) -> String { commandPrefix + bytes.hexadecimal() }

    static func noAnswer(_ error: CardError, after duration: Duration?) -> String {
        // The subject may contain the separator: it comes first, and the rest is read from the end.
        let cause = error.cause.map { causePrefix + "\($0)".replacing("|", with: "/") }
        let rest = [
            "\(error.code)", "code \(error.code.rawValue)", duration.map { "\($0.nanoseconds) ns" } ?? "unknown time",
        ]
        return noAnswerPrefix + ([error.subject] + (cause.map { [$0] } ?? []) + rest).joined(separator: separator)
    }

    static func card(_ kind: TraceCardEvent.Kind) -> String { cardPrefix + kind.rawValue }

    /// The parsed comments of a packet.
    struct Reading {
        var sender: TraceSender?
        var masked: [Range<Int>] = []
        var error: CardError?
        /// The time until a failure, or the duration of an exchange in one packet.
        var duration: Duration?
        var kind: TraceCardEvent.Kind?
        var answerToReset: [UInt8] = []
        var maskedAnswer: [Range<Int>] = []
        var command: MaskedBytes?

        /// Parses a comment; a foreign one is rejected at almost no cost.
        mutating func parse(_ bytes: ArraySlice<UInt8>) {
            guard let first = bytes.first, PacketNote.beginnings.contains(first) else { return }
            let isOurs = PacketNote.prefixes.contains { bytes.starts(with: $0.utf8) }
            if isOurs { parse(String(decoding: bytes, as: UTF8.self)) }
        }

        private mutating func parse(_ comment: String) {
            if let text = PacketNote.rest(of: comment, behind: fromPrefix) {
                sender = TraceSender(description: String(text))
            } else if let text = PacketNote.rest(of: comment, behind: maskedPrefix) {
                masked += PacketNote.ranges(text)
            } else if let text = PacketNote.rest(of: comment, behind: maskedAnswerPrefix) {
                maskedAnswer += PacketNote.ranges(text)
            } else if let text = PacketNote.rest(of: comment, behind: answerToResetPrefix) {
                answerToReset = [UInt8](spacedHexadecimal: text) ?? []
            } else if let text = PacketNote.rest(of: comment, behind: durationPrefix) {
                if let taken = Int64(text.prefix { $0.isNumber }) { duration = .nanoseconds(taken) }
            } else if let text = PacketNote.rest(of: comment, behind: commandPrefix) {
                command = MaskedBytes(hexadecimal: text)
            } else if let text = PacketNote.rest(of: comment, behind: noAnswerPrefix) {
                var parts = text.split(separator: PacketNote.separator, omittingEmptySubsequences: false)
                guard parts.count >= 4 else { return }
                duration = Int64(parts.removeLast().prefix { $0.isNumber }).map { .nanoseconds($0) }
                // Older files have a remedy instead of the code.
                let number = parts.removeLast()
                let code = number.hasPrefix("code ") ? UInt16(number.dropFirst(5)) : nil
                let reason = parts.removeLast()
                let cause = parts.last.flatMap { PacketNote.rest(of: $0, behind: causePrefix) }
                if cause != nil { parts.removeLast() }
                error = CardError(
                    recorded: code, reason: String(reason), subject: parts.joined(separator: PacketNote.separator),
                    cause: cause.map { String($0) })
            } else if let text = PacketNote.rest(of: comment, behind: cardPrefix) {
                kind = TraceCardEvent.Kind(rawValue: String(text))
            }
        }
    }

    private static func ranges(_ text: Substring) -> [Range<Int>] {
        text.split(separator: ",").compactMap { part in
            let ends = part.split(separator: "-").map { Int($0.drop { $0 == " " }) }
            guard ends.count == 2, let first = ends[0], let last = ends[1], first >= 0, first <= last, last < Int.max
            else { return nil }
            return first..<(last + 1)
        }
    }

    private static func rest(of text: some StringProtocol, behind prefix: String) -> Substring? {
        text.hasPrefix(prefix) ? Substring(text).dropFirst(prefix.count) : nil
    }
}
