public import ISO7816

/// Why a key ceremony does not go on.
public struct CeremonyError: DiagnosticError {
    public typealias Code = ErrorCode<CeremonyError>

    public let code: Code
    /// The custodian, key or component concerned.
    public let subject: String
    /// The error beneath, where there is one: a `MasterKeyError` tells of tries left.
    public let cause: (any Error)?

    public init(_ code: Code, _ subject: String, cause: (any Error)? = nil) {
        self.code = code
        self.subject = subject
        self.cause = cause
    }
}

extension CeremonyError.Code {
    /// The plan names a key twice, version 0 of another purpose than ADMIN, or has no two custodians for the rules.
    public static var planWrong: Self {
        Self("the plan is wrong", remedy: "Plan each key once, with a version from 1 on; ADMIN 0 is the transport key.")
    }
    /// A key has fewer than two components.
    public static var noDualControl: Self {
        Self("one custodian alone would know the key", remedy: "Plan at least two components.")
    }
    /// One custodian is to enter two components of a key.
    public static var sameCustodianTwice: Self {
        Self("the same custodian would enter two components of one key", remedy: "Have another custodian enter it.")
    }
    /// Another custodian is to be asked now.
    public static var wrongCustodian: Self {
        Self("it is another custodian's turn", remedy: "Ask the custodian whom the step names.")
    }
    /// Something else is to be entered now.
    public static var outOfTurn: Self {
        Self("this is not what the step asks for", remedy: "Give what the step asks for.")
    }
    /// A component is not sixteen bytes or 32 hexadecimal digits.
    public static var malformedComponent: Self {
        Self("a component is 32 hexadecimal digits", remedy: "Type it again from its sheet.")
    }
    /// The check value typed is not the component's.
    public static var mistyped: Self {
        Self("the component and its check value do not match", remedy: "Type both again from the sheet.")
    }
    /// The card computed another check value.
    public static var checkValueDiffers: Self {
        Self(
            "the check value is another than expected",
            remedy: "Begin this key again with component 1; if it stays so, do not use the card.")
    }
    /// What was written down belongs to another plan, or is damaged.
    public static var recordWrong: Self {
        Self("the record of the ceremony does not go with the plan", remedy: "Use the plan it was begun with.")
    }
    /// The card in the reader is another than the ceremony was begun with.
    public static var otherCard: Self {
        Self("this is another master-key card", remedy: "Put in the card that the ceremony was begun with.")
    }
    /// The card refused or did not answer.
    public static var card: Self {
        Self("the master-key card did not do it", remedy: "Mend the cause; the step stays open.")
    }
}
