import ISO7816

/// The sentences that stood for codes in traces before they had numbers, frozen as they were then.
///
/// Such a trace has nothing but the sentence. So none of these may be improved, and none may be taken from
/// `CardError.Code.description`, which may.
enum LegacyErrorText {
    /// The code of a sentence; nil for any other text.
    static func code(of sentence: String) -> CardError.Code? { codes[sentence] }

    private static let codes: [String: CardError.Code] = [
        "the PC/SC service is not running": .noService,
        "the PC/SC service refuses this user": .notAllowed,
        "no reader is there": .noReader,
        "no such reader": .unknownReader,
        "the reader is no longer there": .readerUnavailable,
        "no card is in the reader": .noCard,
        "the card was taken out": .cardRemoved,
        "the card was reset by another program": .cardReset,
        "the card does not answer": .cardUnresponsive,
        "another program has the card to itself": .sharingViolation,
        "the card does not speak the protocol asked for": .protocolMismatch,
        "the deadline passed before an answer came": .deadlineExceeded,
        "the work was cancelled": .cancelled,
        "the answer is no response APDU": .malformedAnswer,
        "the reader does not support this": .unsupported,
        "communication failed": .communication,
        "the PC/SC service ended or was restarted": .serviceLost,
        "the connection to the card is closed": .notConnected,
        "several readers fit": .ambiguousReader,
        "the transaction is over": .transactionOver,
        "an earlier call was given up, what the card did with it is unknown": .callCancelled,
        "this is asked for within a transaction with the same card, and would wait for itself": .waitsForItself,
        "the reader is connected, but the PC/SC service has no driver for it": .noDriver,
        "the reader is connected, but a program has taken it past the PC/SC service": .readerTaken,
        "the reader does not take PINs on a keypad of its own": .noPinpad,
        "the reader's answer breaks PC/SC part 10": .malformedReaderAnswer,
        "no PIN was typed in time": .pinEntryTimedOut,
        "the entry of the PIN was cancelled at the reader": .pinEntryCancelled,
        "the new PIN was typed differently the second time": .pinsDiffer,
        "the PIN has too few or too many digits": .pinLengthWrong,
        "the reader refuses this form of PIN entry": .pinStructureRefused,
        "the answer is not authentic: somebody altered it, or card and program do not have the same keys":
            .notAuthentic,
        "the secure session has ended": .sessionEnded,
        "no answer is recorded": .noAnswerRecorded,
    ]
}
