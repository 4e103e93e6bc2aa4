import CardCrypto
import Issuing
import ValueProtocol

/// Scripted participants: each question gets the next answer.
final class ScriptedParticipants: CeremonyParticipants {
    struct NoMoreAnswers: Error {}

    let areInteractive: Bool
    private var answers: [String]
    private(set) var questions: [CeremonyQuestion] = []
    private(set) var reports: [CeremonyReport] = []

    init(_ answers: [String], areInteractive: Bool = true) {
        self.answers = answers
        self.areInteractive = areInteractive
    }

    var left: Int { answers.count }

    func answer(_ question: CeremonyQuestion) throws -> Secret {
        questions.append(question)
        guard !answers.isEmpty else { throw NoMoreAnswers() }
        return Secret(copying: Array(answers.removeFirst().utf8))
    }

    func show(_ report: CeremonyReport) { reports.append(report) }

    var events: [CeremonyEvent] {
        reports.compactMap { if case .event(let event) = $0 { event } else { nil } }
    }

    /// The errors after which something was asked again.
    var rejections: [any Error] {
        reports.compactMap { if case .rejected(let error) = $0 { error } else { nil } }
    }
}

extension KeyComponent {
    /// The content of its sheet, as a custodian types it: the digits and the check value.
    var typed: [String] {
        [sheetDigits.withBytes { String(decoding: $0, as: UTF8.self) }, "\(checkValue)"]
    }
}
