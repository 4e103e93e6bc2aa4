internal import CPCSC
import ISO7816

/// The unmodified error of a PC/SC call: the cause of a `CardError`.
public struct PCSCError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The call, such as `SCardTransmit`.
    public let call: String
    /// Its result as in the PC/SC specification, part 10, such as 0x80100069.
    public let number: UInt32

    public init(call: String, number: UInt32) {
        self.call = call
        self.number = number
    }

    /// The call, and its result as name and number: `SCardConnect: SCARD_E_SHARING_VIOLATION (8010000B)`.
    public var description: String {
        let digits = String(number, radix: 16, uppercase: true)
        return "\(call): \(name.map { "\($0) (\(digits))" } ?? digits)"
    }

    /// Whether it is a call in which the service checks this user's access.
    private var asksForAccess: Bool { call == "SCardEstablishContext" || call == "SCardConnect" }

    /// Whether the call's only argument that can be invalid is the connection.
    private var concernsConnection: Bool {
        ["SCardTransmit", "SCardStatus", "SCardBeginTransaction", "SCardEndTransaction"].contains(call)
    }

    /// The corresponding error code of this library.
    var code: CardError.Code {
        switch LONG(truncatingIfNeeded: number) {
        // The end of the service shows on its socket as a communication failure, or as a refusal where data were
        // unread.
        case long(SCARD_E_NO_SERVICE), long(SCARD_E_SERVICE_STOPPED): asksForAccess ? .noService : .serviceLost
        case long(SCARD_F_COMM_ERROR): call == "SCardEstablishContext" ? .noService : .serviceLost
        case long(SCARD_W_SECURITY_VIOLATION), long(SCARD_E_NO_ACCESS): asksForAccess ? .notAllowed : .serviceLost
        case long(SCARD_E_INVALID_HANDLE): .notConnected
        // pcscd reports this for a connection whose reader it has dropped; our other arguments are always valid.
        case long(SCARD_E_INVALID_VALUE) where concernsConnection: .readerUnavailable
        case long(SCARD_E_NO_READERS_AVAILABLE): .noReader
        case long(SCARD_E_UNKNOWN_READER): .unknownReader
        case long(SCARD_E_READER_UNAVAILABLE): .readerUnavailable
        case long(SCARD_E_NO_SMARTCARD): .noCard
        case long(SCARD_W_REMOVED_CARD): .cardRemoved
        case long(SCARD_W_RESET_CARD): .cardReset
        case long(SCARD_W_UNRESPONSIVE_CARD), long(SCARD_W_UNPOWERED_CARD), long(SCARD_E_NOT_READY): .cardUnresponsive
        case long(SCARD_E_SHARING_VIOLATION): .sharingViolation
        case long(SCARD_E_PROTO_MISMATCH), long(SCARD_W_UNSUPPORTED_CARD): .protocolMismatch
        case long(SCARD_E_TIMEOUT): .deadlineExceeded
        case long(SCARD_E_CANCELLED): .cancelled
        case long(SCARD_E_UNSUPPORTED_FEATURE), long(SCARD_E_READER_UNSUPPORTED): .unsupported
        default: .communication
        }
    }
}

/// Normalizes a PC/SC result. On some systems its constants are imported as positive 64-bit numbers, on others its
/// results are negative 32-bit numbers.
func long(_ constant: some BinaryInteger) -> LONG { LONG(truncatingIfNeeded: UInt32(truncatingIfNeeded: constant)) }

/// Turns the result of a PC/SC call into an error with its subject.
@inline(__always)
func check(_ result: LONG, _ call: StaticString, _ subject: @autoclosure () -> String) throws(CardError) {
    if result != 0 { throw failure(result, call, subject()) }
}

func failure(_ result: LONG, _ call: StaticString, _ subject: String) -> CardError {
    let beneath = PCSCError(call: "\(call)", number: UInt32(truncatingIfNeeded: result))
    let code = beneath.code
    return code == .sharingViolation
        ? SharingConflict.error(subject, beneath) : CardError(code, subject: subject, cause: beneath)
}
