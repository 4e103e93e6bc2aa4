public import ISO7816

/// Why a master-key card did not do what a custodian asked of it.
public struct MasterKeyError: DiagnosticError {
    public typealias Code = ErrorCode<MasterKeyError>

    public let code: Code
    /// The custodian, key or command concerned.
    public let subject: String
    /// With `.wrongPIN`: how many tries are left.
    public let triesLeft: Int?
    /// The status word, where the card gave one.
    public let status: StatusWord?
    /// The error beneath, where there is one.
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

extension MasterKeyError.Code {
    /// The carrier gave no answer.
    public static var noAnswer: Self {
        Self("no answer came", remedy: "Put the card in again and go on; what it has taken it keeps.")
    }
    /// The card does not carry the master-key application.
    public static var noApplication: Self {
        Self("this is no master-key card", remedy: "Put in the issuer's master-key card.")
    }
    /// The application is not selected, as after a reset.
    public static var notSelected: Self {
        Self("the master-key application is not selected", remedy: "Select it and give the PINs again.")
    }
    /// The PIN is wrong; `triesLeft` says how often it may be tried.
    public static var wrongPIN: Self { Self("the PIN is wrong", remedy: "Give the right one.") }
    /// Three wrong PINs were given.
    public static var pinBlocked: Self {
        Self("the PIN is blocked", remedy: "Have two other custodians give theirs, and unblock it with a new one.")
    }
    /// The custodian has no PIN yet.
    public static var noPIN: Self { Self("there is no PIN yet", remedy: "Set the first PIN.") }
    /// The PIN is not 4 to 12 digits.
    public static var malformedPIN: Self { Self("a PIN is 4 to 12 digits", remedy: "Choose another.") }
    /// PINs are missing, of one custodian or two.
    public static var pinMissing: Self {
        Self("PINs are missing", remedy: "Have the custodian give the PIN; rules and unblocking want two custodians.")
    }
    /// No PIN was given since SELECT, or its custodian entered a component of this key before.
    public static var custodianRefused: Self {
        Self(
            "the custodian may not enter this component",
            remedy: "Each component of a key comes from another custodian, who gives the PIN right before.")
    }
    /// Number, count or check value of a component is wrong, or it was entered before.
    public static var componentRefused: Self {
        Self(
            "the card does not take this component",
            remedy: "Compare it with its sheet; if it stays so, begin with component 1 again.")
    }
    /// Data, parameters or key name are wrong.
    public static var refused: Self {
        Self("the card refused", remedy: "See the status word in the command reference.")
    }
    /// An answer that is not laid out as it must be.
    public static var malformedAnswer: Self {
        Self("the answer is malformed", remedy: "Put the card in again; if it stays so, it is broken.")
    }
}
