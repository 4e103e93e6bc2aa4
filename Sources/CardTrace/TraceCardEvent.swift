/// Something that befell a card other than a command.
public struct TraceCardEvent: Sendable, Hashable {
    /// What befell it.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// It came into the reader, or was there when the trace began.
        case inserted
        /// It was reset, cold or warm.
        case reset
        /// It lost power and is still in the reader.
        case poweredOff = "powered off"
        /// It was taken out.
        case removed
    }

    /// When, in microseconds since 1970-01-01 UTC.
    public let time: Int64
    /// The reader's or card's name.
    public let reader: String
    /// Who did it; nil where nobody is known.
    public let sender: TraceSender?
    /// What befell it.
    public let kind: Kind
    /// Its answer to reset; empty where it gave none or none is known.
    public let answerToReset: [UInt8]

    /// - Parameters:
    ///   - time: microseconds since 1970-01-01 UTC.
    ///   - reader: the reader's or card's name.
    ///   - kind: what befell it.
    ///   - answerToReset: as the card sent it.
    ///   - sender: who did it.
    public init(
        time: Int64, reader: String, kind: Kind, answerToReset: [UInt8] = [], sender: TraceSender? = nil
    ) {
        self.time = time
        self.reader = reader
        self.kind = kind
        self.answerToReset = answerToReset
        self.sender = sender
    }
}
