import ISO7816

/// The reader's report that no PIN was sent to the card (PC/SC specification, part 10, 2.5.1: its own status words).
enum PINEntryOutcome {
    /// The card's status word from a reader's answer.
    ///
    /// - Throws: `CardError` where the reader answered instead of the card.
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
