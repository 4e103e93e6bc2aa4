import CardCrypto
import HeadEnd
import Issuing
import ValueElement
import ValueProtocol

/// Answers a ceremony's questions from a list.
final class TestPeople: CeremonyParticipants {
    struct NoMoreAnswers: Error {}

    let areInteractive: Bool
    private var answers: [String]
    private(set) var rejections: [any Error] = []

    init(_ answers: [String], areInteractive: Bool = true) {
        self.answers = answers
        self.areInteractive = areInteractive
    }

    func answer(_ question: CeremonyQuestion) throws -> Secret {
        guard !answers.isEmpty else { throw NoMoreAnswers() }
        return Secret(copying: Array(answers.removeFirst().utf8))
    }

    func show(_ report: CeremonyReport) {
        if case .rejected(let error) = report { rejections.append(error) }
    }
}
