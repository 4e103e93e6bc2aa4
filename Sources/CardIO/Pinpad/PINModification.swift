/// A request to the reader to enter a new PIN and change it on the card: PIN_MODIFY_STRUCTURE (PC/SC specification,
/// part 10, 2.5.3). No PIN ever reaches this computer.
public struct PINModification: Sendable, Hashable {
    /// What the reader requests besides the new PIN (bConfirmPIN).
    public struct Questions: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// The new PIN a second time.
        public static let confirmation = Questions(rawValue: 0x01)
        /// The current PIN.
        public static let current = Questions(rawValue: 0x02)
    }

    /// How the PINs are typed.
    public var entry: PINEntry
    /// The command, with a data field template without digits.
    public var command: [UInt8]
    /// What is requested besides the new PIN.
    public var questions: Questions
    /// Offset of the current PIN's block in the data field; 0 where it is not requested.
    public var currentOffset: UInt8
    /// Offset of the new PIN's block in the data field.
    public var newOffset: UInt8
    /// The numbers of the reader's texts, one per question in order, max. 3.
    public var messages: [UInt8]

    /// - Parameters:
    ///   - entry: how the PINs are typed.
    ///   - command: the command, with a data field template without digits.
    ///   - questions: what is requested besides the new PIN.
    ///   - currentOffset: offset of the current PIN's block in the data field.
    ///   - newOffset: offset of the new PIN's block in the data field.
    ///   - messages: the numbers of the reader's texts; by default one per question.
    /// - Precondition: there are at most 3 messages.
    public init(
        _ entry: PINEntry, command: [UInt8], questions: Questions = [.confirmation, .current], currentOffset: UInt8 = 0,
        newOffset: UInt8, messages: [UInt8]? = nil
    ) {
        self.entry = entry
        self.command = command
        self.questions = questions
        self.currentOffset = currentOffset
        self.newOffset = newOffset
        self.messages = messages ?? Self.usualMessages(questions)
        precondition(self.messages.count <= 3, "a reader shows at most 3 messages")
    }

    /// Current PIN (0), new PIN (1), new PIN again (2).
    private static func usualMessages(_ questions: Questions) -> [UInt8] {
        (questions.contains(.current) ? [0] : []) + [1] + (questions.contains(.confirmation) ? [2] : [])
    }

    /// The structure as pcsc-lite expects it: little-endian, unpadded.
    public var bytes: [UInt8] {
        let indices = (messages + [0, 0, 0]).prefix(3)
        return entry.head + [currentOffset, newOffset] + entry.extraDigit
            + [questions.rawValue, entry.validation.rawValue, UInt8(messages.count)] + entry.languageBytes + indices
            + entry.tail(command)
    }
}
