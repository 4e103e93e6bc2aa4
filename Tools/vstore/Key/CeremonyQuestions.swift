import Issuing
import ValueProtocol

/// Asks custodians for what a ceremony needs.
final class CeremonyQuestions {
    /// Whether a person answers, who may try again.
    let isInteractive: Bool
    private let reader: SecretReader
    private let console: Console
    private let suite: CipherSuite?

    /// - Parameter answers: a file of answers; nil where people answer at the terminal.
    init(_ answers: String?, _ console: Console) {
        isInteractive = answers == nil
        reader = SecretReader(answers.map { .file($0) } ?? .terminal)
        self.console = console
        do { suite = try CipherSuite() } catch { suite = nil }
    }

    func tell(_ text: String) { console.note(text) }

    /// The next secret.
    func secret(_ subject: String) throws -> Secret { try reader.line(subject) }

    /// A new secret, which a person types twice.
    func newSecret(_ subject: String) throws -> Secret {
        let first = try reader.line(subject)
        if isInteractive, !first.matches(try reader.line("\(subject), once more")) {
            throw Failure(.refused, "\(subject): the two are not the same. Type it again.")
        }
        return first
    }

    /// The component that `subject` names, by the one who has its sheet.
    func component(_ subject: String, by custodian: KeyCustodian) throws -> KeyComponent {
        guard let suite else { throw CipherError(.unavailable, "AES-128") }
        let typed = try reader.line("\(custodian): \(subject), 32 digits")
        let shown = try reader.line("\(custodian): check value on its sheet")
        let text = shown.withBytes { String(decoding: $0, as: UTF8.self) }
        guard let checkValue = KeyCheckValue(digits: text) else {
            throw CeremonyError(.mistyped, "the check value of \(subject)")
        }
        var digits = typed.withBytes { [UInt8]($0) }
        return try KeyComponent(digits: &digits, sheetCheckValue: checkValue, suite)
    }

    /// Does one step; a person who mistyped tries again, a file cannot.
    func untilDone<Value>(_ step: () throws -> Value) throws -> Value {
        while true {
            do {
                return try step()
            } catch let error as CeremonyError where isInteractive && error.isWorthAnotherTry {
                tell(explained(error))
            } catch let error as MasterKeyError where isInteractive && error.code == .malformedPIN {
                tell(explained(error))
            } catch let error as Failure where isInteractive && error.status == .refused {
                tell(explained(error))
            }
        }
    }
}

extension CeremonyError {
    /// Whether a person can mend it by typing again.
    fileprivate var isWorthAnotherTry: Bool {
        if code == .mistyped || code == .malformedComponent { return true }
        return code == .card && (cause as? MasterKeyError)?.code == .wrongPIN
    }
}
