import ISO7816

/// What a packet has no place for and its comments tell, for people and for reading back.
enum PacketNote {
    private static let fromPrefix = "from: "
    private static let maskedPrefix = "masked, not real: bytes "
    private static let noAnswerPrefix = "no answer: "
    private static let cardPrefix = "card "

    private static let prefixes = [fromPrefix, maskedPrefix, noAnswerPrefix, cardPrefix]
    private static let beginnings = Set(prefixes.compactMap(\.utf8.first))

    static func from(_ sender: TraceSender) -> String { fromPrefix + sender.description }

    /// `masked, not real: bytes 5-8`, counted from 0; none where nothing is masked.
    static func masked(_ bytes: MaskedBytes) -> [String] {
        guard bytes.hasMasked else { return [] }
        let places = bytes.maskedPlaces.map { "\($0.lowerBound)-\($0.upperBound - 1)" }
        return [maskedPrefix + places.joined(separator: ", ")]
    }

    static func noAnswer(_ error: CardError, after duration: Duration) -> String {
        noAnswerPrefix
            + [error.subject, "\(error.code)", error.remedy, "\(duration.nanoseconds) ns"].joined(separator: " | ")
    }

    static func card(_ kind: TraceCardEvent.Kind) -> String { cardPrefix + kind.rawValue }

    /// What the comments of a packet tell.
    struct Reading {
        var sender: TraceSender?
        var masked: [Range<Int>] = []
        var error: CardError?
        /// How long no answer was waited for.
        var duration: Duration = .zero
        var kind: TraceCardEvent.Kind?

        /// Takes a comment; one that begins like none of ours costs next to nothing.
        mutating func take(_ bytes: ArraySlice<UInt8>) {
            guard let first = bytes.first, PacketNote.beginnings.contains(first) else { return }
            let isOurs = PacketNote.prefixes.contains { bytes.starts(with: $0.utf8) }
            if isOurs { take(String(decoding: bytes, as: UTF8.self)) }
        }

        private mutating func take(_ comment: String) {
            if let text = PacketNote.rest(of: comment, behind: fromPrefix) {
                sender = TraceSender(description: String(text))
            } else if let text = PacketNote.rest(of: comment, behind: maskedPrefix) {
                masked += text.split(separator: ",").compactMap { part in
                    let ends = part.split(separator: "-").map { Int($0.drop { $0 == " " }) }
                    guard ends.count == 2, let first = ends[0], let last = ends[1], first >= 0, first <= last,
                        last < Int.max
                    else { return nil }
                    return first..<(last + 1)
                }
            } else if let text = PacketNote.rest(of: comment, behind: noAnswerPrefix) {
                let parts = text.split(separator: "|", omittingEmptySubsequences: false).map {
                    String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
                }
                guard parts.count == 4, let waited = Int64(parts[3].prefix { $0.isNumber }) else { return }
                duration = .nanoseconds(waited)
                error = CardError(ErrorCode(parts[1], remedy: parts[2]), subject: parts[0])
            } else if let text = PacketNote.rest(of: comment, behind: cardPrefix) {
                kind = TraceCardEvent.Kind(rawValue: String(text))
            }
        }
    }

    private static func rest(of text: String, behind prefix: String) -> Substring? {
        text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : nil
    }
}
