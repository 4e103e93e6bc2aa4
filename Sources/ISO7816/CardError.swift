public import Diagnostics

/// Why a card or its reader gave no answer.
public struct CardError: DiagnosticError {
    /// What went wrong.
    public var code: Code
    /// What it went wrong with: a reader, a card, a command.
    public var subject: String
    /// The underlying error, if any.
    public var cause: (any Error)?

    public init(_ code: Code, subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}

extension CardError {
    /// What went wrong. Numbers are never reused: the relay sends them and traces store them.
    public enum Code: UInt16, DiagnosticCode {
        /// The PC/SC service does not answer.
        case noService = 1
        /// The service denies access to this user.
        case notAllowed = 2
        /// No reader is connected.
        case noReader = 3
        /// The named reader does not exist.
        case unknownReader = 4
        /// The reader is gone.
        case readerUnavailable = 5
        /// No card is in the reader.
        case noCard = 6
        /// The card was removed.
        case cardRemoved = 7
        /// The card was reset by another program or lost power.
        case cardReset = 8
        /// The card does not answer.
        case cardUnresponsive = 9
        /// Another program has exclusive access to the card.
        case sharingViolation = 10
        /// The card supports none of the requested protocols.
        case protocolMismatch = 11
        /// The deadline passed.
        case deadlineExceeded = 12
        /// The task was cancelled.
        case cancelled = 13
        /// The answer is not a valid response APDU, or breaks the rules of response chaining.
        case malformedAnswer = 14
        /// The reader or the service cannot do this.
        case unsupported = 15
        /// Any other failure of communication.
        case communication = 16
        /// The service ended while a connection to it was open.
        case serviceLost = 17
        /// The connection was closed, by this program or together with the service.
        case notConnected = 18
        /// Several readers match.
        case ambiguousReader = 19
        /// The channel of a transaction was used after its end.
        case transactionOver = 20
        /// An earlier call was cancelled before its answer came.
        case callCancelled = 21
        /// The body of a transaction waited for the card that the transaction itself holds.
        case waitsForItself = 22
        /// The service has no reader: one is connected by USB, but no driver supports it.
        case noDriver = 23
        /// The service has no reader: another program has exclusive access to it.
        case readerTaken = 24
        /// The reader has no keypad, or none that its driver reports.
        case noPinpad = 25
        /// The reader's answer violates PC/SC part 10.
        case malformedReaderAnswer = 26
        /// 6400: PIN entry timed out. Nothing was sent to the card.
        case pinEntryTimedOut = 27
        /// 6401: the cancel key was pressed. Nothing was sent to the card.
        case pinEntryCancelled = 28
        /// 6402: the new PIN and its repetition differ. Nothing was sent to the card.
        case pinsDiffer = 29
        /// 6403: fewer or more digits than allowed. Nothing was sent to the card.
        case pinLengthWrong = 30
        /// 6B80: the reader cannot do what the structure asks for.
        case pinStructureRefused = 31
        /// An answer under secure messaging failed authentication, or is incomplete.
        case notAuthentic = 32
        /// Secure messaging has ended.
        case sessionEnded = 33
        /// A trace has no answer to a command.
        case noAnswerRecorded = 34
        /// A certificate or private key cannot be read, or they do not match.
        case credentialsUnusable = 35
        /// The system cannot create a thread.
        case noThread = 36
        /// No server can listen at the address.
        case cannotListen = 37
        /// No virtual reader listens at the port.
        case noVirtualReader = 38
        /// A relay was not reached, or did not take the connection. Nothing was sent to the card.
        case relayNotReached = 39

        public var description: String {
            switch self {
            case .noService: "the PC/SC service is not running"
            case .notAllowed: "the PC/SC service refuses this user"
            case .noReader: "no reader is connected"
            case .unknownReader: "no such reader"
            case .readerUnavailable: "the reader is no longer connected"
            case .noCard: "no card is in the reader"
            case .cardRemoved: "the card was taken out"
            case .cardReset: "the card was reset by another program"
            case .cardUnresponsive: "the card does not answer"
            case .sharingViolation: "another program holds the card exclusively"
            case .protocolMismatch: "the card does not speak the protocol asked for"
            case .deadlineExceeded: "the deadline passed before an answer came"
            case .cancelled: "the work was cancelled"
            case .malformedAnswer: "the answer is not a valid response APDU"
            case .unsupported: "the reader does not support this"
            case .communication: "communication failed"
            case .serviceLost: "the PC/SC service ended or was restarted"
            case .notConnected: "the connection to the card is closed"
            case .ambiguousReader: "several readers fit"
            case .transactionOver: "the transaction is over"
            case .callCancelled: "an earlier call was cancelled, what the card did with it is unknown"
            case .waitsForItself:
                "this is asked for within a transaction with the same card, and would wait for itself"
            case .noDriver: "the reader is connected, but the PC/SC service has no driver for it"
            case .readerTaken: "the reader is connected, but a program has taken it past the PC/SC service"
            case .noPinpad: "the reader does not take PINs on a keypad of its own"
            case .malformedReaderAnswer: "the reader's answer breaks PC/SC part 10"
            case .pinEntryTimedOut: "no PIN was typed in time"
            case .pinEntryCancelled: "the entry of the PIN was cancelled at the reader"
            case .pinsDiffer: "the new PIN was typed differently the second time"
            case .pinLengthWrong: "the PIN has too few or too many digits"
            case .pinStructureRefused: "the reader refuses this form of PIN entry"
            case .notAuthentic:
                "the answer is not authentic: somebody altered it, or card and program do not have the same "
                    + "keys"
            case .sessionEnded: "the secure session has ended"
            case .noAnswerRecorded: "no answer is recorded"
            case .credentialsUnusable: "the certificate or key cannot be used"
            case .noThread: "the system has no thread left"
            case .cannotListen: "cannot listen at this address"
            case .noVirtualReader: "no virtual reader listens there"
            case .relayNotReached: "no connection to the relay, so nothing was sent to the card"
            }
        }
    }
}
