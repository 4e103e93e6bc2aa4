package import CardCrypto
package import Issuing

/// Scripted participants: each question gets the next answer.
package final class ScriptedParticipants: CeremonyParticipants {
    package struct NoMoreAnswers: Error {}

    package let areInteractive: Bool
    private var answers: [String]
    package private(set) var questions: [CeremonyQuestion] = []
    package private(set) var reports: [CeremonyReport] = []

    package init(_ answers: [String], areInteractive: Bool = true) {
        self.answers = answers
        self.areInteractive = areInteractive
    }

    package var left: Int { answers.count }

    package func answer(_ question: CeremonyQuestion) throws -> Secret {
        questions.append(question)
        guard !answers.isEmpty else { throw NoMoreAnswers() }
        return Secret(copying: Array(answers.removeFirst().utf8))
    }

    package func show(_ report: CeremonyReport) { reports.append(report) }

    package var events: [CeremonyEvent] {
        reports.compactMap { if case .event(let event) = $0 { event } else { nil } }
    }

    /// The errors after which something was asked again.
    package var rejections: [any Error] {
        reports.compactMap { if case .rejected(let error) = $0 { error } else { nil } }
    }
}

extension KeyComponent {
    /// The content of its sheet, as a custodian types it: the digits and the check value.
    package var typed: [String] {
        [unsafe sheetDigits.withBytes { unsafe String(decoding: $0, as: UTF8.self) }, "\(checkValue)"]
    }
}
