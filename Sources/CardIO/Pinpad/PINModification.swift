/// What a reader is told so that it asks for a new PIN and has the card take it: PIN_MODIFY_STRUCTURE (PC/SC
/// specification, part 10, 2.5.3). No PIN ever comes to this computer.
public struct PINModification: Sendable, Hashable {
    /// What the reader asks for besides the new PIN (bConfirmPIN).
    public struct Questions: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// The new PIN a second time.
        public static let confirmation = Questions(rawValue: 0x01)
        /// The PIN that is valid now.
        public static let current = Questions(rawValue: 0x02)
    }

    /// How the PINs are typed.
    public var entry: PINEntry
    /// The command with its data field as it is without digits.
    public var command: [UInt8]
    /// What is asked for besides the new PIN.
    public var questions: Questions
    /// Bytes of the data field before the current PIN's block; 0 where it is not asked for.
    public var currentOffset: UInt8
    /// Bytes of the data field before the new PIN's block.
    public var newOffset: UInt8
    /// Which of the reader's texts are shown, one a question in the order of asking, at most 3.
    public var messages: [UInt8]

    /// - Parameters:
    ///   - entry: how the PINs are typed.
    ///   - command: the command with its data field as it is without digits.
    ///   - questions: what is asked for besides the new PIN.
    ///   - currentOffset: bytes of the data field before the current PIN's block.
    ///   - newOffset: bytes of the data field before the new PIN's block.
    ///   - messages: the numbers of the reader's texts; one for each question unless given.
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

    /// The structure as pcsc-lite takes it: numbers little-endian, nothing between the fields.
    public var bytes: [UInt8] {
        let indices = (messages + [0, 0, 0]).prefix(3)
        return entry.head + [currentOffset, newOffset] + entry.extraDigit
            + [questions.rawValue, entry.validation.rawValue, UInt8(messages.count)] + entry.languageBytes + indices
            + entry.tail(command)
    }
}
