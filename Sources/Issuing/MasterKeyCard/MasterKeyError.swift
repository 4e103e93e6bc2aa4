public import Diagnostics
public import ISO7816

/// Why a master-key card refused a custodian's command.
public struct MasterKeyError: DiagnosticError {
    public let code: Code
    /// The custodian, key or command concerned.
    public let subject: String
    /// With `.wrongPIN`: the number of tries left.
    public let triesLeft: Int?
    /// The status word, if the card returned one.
    public let status: StatusWord?
    /// The underlying error, if any.
    public let cause: (any Error)?

    public init(
        _ code: Code, _ subject: String, triesLeft: Int? = nil, status: StatusWord? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.subject = subject
        self.triesLeft = triesLeft
        self.status = status
        self.cause = cause
    }

    public var detail: String {
        let tries = triesLeft.map { $0 == 1 ? ", one try is left" : ", \($0) tries are left" } ?? ""
        let status = status.map { " (status word \($0))" } ?? ""
        let beneath = cause.map { " (\($0))" } ?? ""
        return tries + status + beneath
    }
}

extension MasterKeyError {
    /// What went wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// The channel returned no answer.
        case noAnswer = 1
        /// The card does not carry the master-key application.
        case noApplication = 2
        /// The application is not selected, e.g. after a reset.
        case notSelected = 3
        /// The PIN is wrong; `triesLeft` is the number of tries left.
        case wrongPIN = 4
        /// Three wrong PINs were given.
        case pinBlocked = 5
        /// The custodian has no PIN yet.
        case noPIN = 6
        /// The PIN is not 4 to 12 digits.
        case malformedPIN = 7
        /// PINs of one or two custodians are missing.
        case pinMissing = 8
        /// No PIN was verified since SELECT, or its custodian already entered a component of this key.
        case custodianRefused = 9
        /// Number, count or check value of a component is wrong, or it was entered before.
        case componentRefused = 10
        /// Data, parameters or key name are wrong.
        case refused = 11
        /// An answer with the wrong layout.
        case malformedAnswer = 12

        public var description: String {
            switch self {
            case .noAnswer: "no answer came"
            case .noApplication: "is not a master-key card"
            case .notSelected: "the master-key application is not selected"
            case .wrongPIN: "the PIN is wrong"
            case .pinBlocked: "the PIN is blocked"
            case .noPIN: "no PIN is set yet"
            case .malformedPIN: "a PIN is 4 to 12 digits"
            case .pinMissing: "PINs are missing"
            case .custodianRefused: "the custodian may not enter this component"
            case .componentRefused: "the card does not take this component"
            case .refused: "the card refused"
            case .malformedAnswer: "the answer is malformed"
            }
        }
    }
}
