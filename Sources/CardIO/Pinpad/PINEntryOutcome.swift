public import ISO7816

/// How the reader says that no PIN came to the card (PC/SC specification, part 10, 2.5.1: its own status words).
enum PINEntryOutcome {
    /// The card's status word out of a reader's answer.
    ///
    /// - Throws: `CardError` where the reader answered in the card's place.
    static func status(_ answer: [UInt8], reader: String) throws(CardError) -> StatusWord {
        guard answer.count >= 2 else { throw CardError(.malformedReaderAnswer, subject: reader) }
        let status = StatusWord(answer[answer.count - 2], answer[answer.count - 1])
        let code: CardError.Code? =
            switch status {
            case StatusWord(0x64, 0x00): .pinEntryTimedOut
            case StatusWord(0x64, 0x01): .pinEntryCancelled
            case StatusWord(0x64, 0x02): .pinsDiffer
            case StatusWord(0x64, 0x03): .pinLengthWrong
            case StatusWord(0x6B, 0x80): .pinStructureRefused
            default: nil
            }
        if let code { throw CardError(code, subject: reader) }
        return status
    }
}

extension CardError.Code {
    /// 6400: nobody typed in time. The card was sent nothing.
    public static var pinEntryTimedOut: Self {
        Self("no PIN was typed in time", remedy: "Repeat, and type it on the reader's keypad.")
    }
    /// 6401: the cancel key was pressed. The card was sent nothing.
    public static var pinEntryCancelled: Self {
        Self("the entry of the PIN was cancelled at the reader", remedy: "Repeat where it is still wanted.")
    }
    /// 6402: the new PIN and its repetition differ. The card was sent nothing.
    public static var pinsDiffer: Self {
        Self("the new PIN was typed differently the second time", remedy: "Repeat, and type the same PIN twice.")
    }
    /// 6403: fewer or more digits than allowed. The card was sent nothing.
    public static var pinLengthWrong: Self {
        Self("the PIN has too few or too many digits", remedy: "Repeat with as many digits as the card's PIN has.")
    }
    /// 6B80: the reader cannot do what the structure asks for.
    public static var pinStructureRefused: Self {
        Self(
            "the reader refuses this form of PIN entry",
            remedy: "Ask for another format or fewer messages; vstore reader info tells what the reader can do.")
    }
}
