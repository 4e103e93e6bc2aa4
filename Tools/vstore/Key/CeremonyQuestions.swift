import CardCrypto
import Issuing
import ValueProtocol

/// Asks people at the terminal for the input of a ceremony, or reads it from a file.
final class CeremonyQuestions: CeremonyParticipants {
    let areInteractive: Bool
    private let reader: SecretReader
    private let console: Console

    /// - Parameter answers: a file of answers; nil where people answer at the terminal.
    init(_ answers: String?, _ console: Console) {
        areInteractive = answers == nil
        reader = SecretReader(SecretSource(answers, option: "--answers"))
        self.console = console
    }

    func answer(_ question: CeremonyQuestion) throws -> Secret {
        switch question {
        case .newPIN(let custodian, let isRepeated):
            try reader.line("\(custodian): a new PIN\(isRepeated ? ", once more" : "")")
        case .pin(let custodian): try reader.line("\(custodian): PIN")
        case .component(let request): try reader.line("\(request.custodian): \(request), 32 digits")
        case .checkValue(let request): try reader.line("\(request.custodian): check value on its sheet, 6 digits")
        case .newPassphrase(let file, let isRepeated):
            try reader.line("A passphrase for \(file)\(isRepeated ? ", once more" : "")")
        case .passphrase(let file): try reader.line("Passphrase of \(file)")
        }
    }

    func show(_ report: CeremonyReport) {
        switch report {
        case .event(let event): console.notice("\(event)")
        case .resumed(let record): console.notice("The ceremony recorded in \(record) continues.")
        case .rules(let rules): console.notice("rules: \(rules)")
        case .rejected(let error): console.notice(explained(error))
        }
    }
}
