/// A card event other than a command.
public struct TraceCardEvent: Sendable, Hashable {
    /// What occurred.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// It was inserted, or present when the trace began.
        case inserted
        /// It was reset, cold or warm.
        case reset
        /// It lost power and is still in the reader.
        case poweredOff = "powered off"
        /// It was removed.
        case removed
    }

    /// When, in microseconds since 1970-01-01 UTC; nil where unknown.
    public let time: Int64?
    /// The reader's or card's name.
    public let reader: String
    /// Who caused it; nil where unknown.
    public let sender: TraceSender?
    /// What occurred.
    public let kind: Kind
    /// Its answer to reset; empty where it sent none or it is unknown.
    public let answerToReset: [UInt8]

    /// - Parameters:
    ///   - time: microseconds since 1970-01-01 UTC; nil where unknown.
    ///   - reader: the reader's or card's name.
    ///   - kind: what occurred.
    ///   - answerToReset: as the card sent it.
    ///   - sender: who caused it.
    public init(
        time: Int64?, reader: String, kind: Kind, answerToReset: [UInt8] = [], sender: TraceSender? = nil
    ) {
        self.time = time
        self.reader = reader
        self.kind = kind
        self.answerToReset = answerToReset
        self.sender = sender
    }
}
