public import CardCrypto

/// What a ceremony asks of a person; every answer is a secret but the check value, which is read as one.
public enum CeremonyQuestion: Sendable, Hashable {
    /// The custodian chooses a PIN; `isRepeated` asks for the same once more, so that a slip is noticed.
    case newPIN(KeyCustodian, isRepeated: Bool)
    /// The custodian gives the PIN.
    case pin(KeyCustodian)
    /// The custodian, who is alone with the computer, types a component: 32 hexadecimal digits.
    case component(ComponentRequest)
    /// The custodian types the check value on the component's sheet: 6 hexadecimal digits.
    case checkValue(ComponentRequest)
    /// The clerk chooses the passphrase of a new key file; `isRepeated` as for a PIN.
    case newPassphrase(file: String, isRepeated: Bool)
    /// The clerk gives the passphrase of a key file.
    case passphrase(file: String)
}

/// What everybody at a ceremony is told.
public enum CeremonyReport: Sendable {
    /// A step was done.
    case event(CeremonyEvent)
    /// A ceremony that was begun before goes on by its record in this file.
    case resumed(record: String)
    /// These rules are set next.
    case rules(IssuingRules)
    /// An answer was not accepted; the same is asked for again.
    case rejected(any Error)
}

/// The people at a ceremony, or what answers for them.
///
/// The ceremony itself reads no terminal and writes to none: whoever talks to the people conforms to this.
public protocol CeremonyParticipants: AnyObject {
    /// Whether people answer, who type new secrets twice and may try again; a file of answers cannot.
    var areInteractive: Bool { get }

    /// Asks a question, and waits for the answer without its line end.
    func answer(_ question: CeremonyQuestion) throws -> Secret

    /// Shows a report to everybody present.
    func show(_ report: CeremonyReport)
}
