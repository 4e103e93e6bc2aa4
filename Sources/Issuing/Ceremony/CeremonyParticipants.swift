public import CardCrypto

/// A question to a person. Every answer is read as a secret, even the check value, which is not one.
public enum CeremonyQuestion: Sendable, Hashable {
    /// The custodian chooses a PIN; `isRepeated` asks for it again, to detect typing errors.
    case newPIN(KeyCustodian, isRepeated: Bool)
    /// The custodian gives the PIN.
    case pin(KeyCustodian)
    /// The custodian, alone at the computer, types a component: 32 hexadecimal digits.
    case component(ComponentRequest)
    /// The custodian types the check value on the component's sheet: 6 hexadecimal digits.
    case checkValue(ComponentRequest)
    /// The clerk chooses the passphrase of a new key file; `isRepeated` as for a PIN.
    case newPassphrase(file: String, isRepeated: Bool)
    /// The clerk gives the passphrase of a key file.
    case passphrase(file: String)
}

/// What is shown to everybody at a ceremony.
public enum CeremonyReport: Sendable {
    /// A step was done.
    case event(CeremonyEvent)
    /// An earlier ceremony is resumed from the record in this file.
    case resumed(record: String)
    /// These rules will be set next.
    case rules(IssuingRules)
    /// An answer was not accepted; the question is asked again.
    case rejected(any Error)
}

/// The people at a ceremony, or a substitute that answers for them.
///
/// The ceremony itself does not use a terminal; the user interface implements this protocol.
public protocol CeremonyParticipants: AnyObject {
    /// Whether people answer, who type new secrets twice and may try again; false for a file of answers.
    var areInteractive: Bool { get }

    /// Asks a question and waits for the answer, without its line break.
    func answer(_ question: CeremonyQuestion) throws -> Secret

    /// Shows a report to everybody present.
    func show(_ report: CeremonyReport)
}
