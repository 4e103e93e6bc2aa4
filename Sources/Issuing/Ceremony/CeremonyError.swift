public import Diagnostics
import ISO7816

/// Why a key ceremony cannot continue.
public struct CeremonyError: DiagnosticError {
    public let code: Code
    /// The custodian, key or component concerned.
    public let subject: String
    /// The underlying error, if any: a `MasterKeyError` has the tries left.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}

extension CeremonyError {
    /// What went wrong. The numbers are stable.
    public enum Code: UInt16, DiagnosticCode {
        /// The plan names a key twice, has version 0 of a purpose other than ADMIN, or has fewer than two custodians
        /// for the rules.
        case planWrong = 1
        /// A key has fewer than two components.
        case noDualControl = 2
        /// One custodian would enter two components of a key.
        case sameCustodianTwice = 3
        /// Another custodian's turn.
        case wrongCustodian = 4
        /// Another input is expected now.
        case outOfTurn = 5
        /// A component is not sixteen bytes or 32 hexadecimal digits.
        case malformedComponent = 6
        /// The check value typed does not match the component.
        case mistyped = 7
        /// The card computed another check value.
        case checkValueDiffers = 8
        /// The record belongs to another plan, or is damaged.
        case recordWrong = 9
        /// The card in the reader is not the one with which the ceremony began.
        case otherCard = 10
        /// The card refused or did not answer.
        case card = 11
        /// The text is not a valid plan, or names something that does not exist.
        case planMalformed = 12
        /// The key exists already.
        case keyHeld = 13
        /// A new secret was not typed the same way twice.
        case repetitionDiffers = 14
        /// A new passphrase has fewer than eight characters.
        case passphraseTooShort = 15
        /// The record of a finished ceremony could not be removed.
        case recordNotRemoved = 16
        /// A check value is not 6 hexadecimal digits.
        case malformedCheckValue = 17

        public var description: String {
            switch self {
            case .planWrong: "the plan is wrong"
            case .noDualControl: "one custodian alone would know the key"
            case .sameCustodianTwice: "the same custodian would enter two components of one key"
            case .wrongCustodian: "it is another custodian's turn"
            case .outOfTurn: "this is not what the step asks for"
            case .malformedComponent: "a component is 32 hexadecimal digits"
            case .mistyped: "the component and its check value do not match"
            case .checkValueDiffers: "the check value is another than expected"
            case .recordWrong: "the record of the ceremony does not go with the plan"
            case .otherCard: "this is another master-key card"
            case .card: "the master-key card did not do it"
            case .planMalformed: "the plan is not understood"
            case .keyHeld: "is held already"
            case .repetitionDiffers: "is not the same as the first"
            case .passphraseTooShort: "the passphrase is short"
            case .recordNotRemoved: "the record of the finished ceremony cannot be removed"
            case .malformedCheckValue: "a check value is 6 hexadecimal digits"
            }
        }
    }
}
