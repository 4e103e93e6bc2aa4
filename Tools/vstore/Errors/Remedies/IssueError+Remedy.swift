import Issuing

extension IssueError: RemedyProviding {
    var remedy: String {
        switch code {
        case .planWrong: "Correct the plan; nothing was written."
        case .otherElement: "Put in the one that was planned; nothing was written."
        case .alreadyIssued: "Use a blank one; nothing was written."
        case .issuedBefore: "Keep it: it may be a copy. Nothing was written."
        case .otherPlanUnfinished: "Resume that plan, or cancel it first."
        case .wrongState: "Use another one."
        case .nothingUnfinished: "There is nothing to do."
        case .olderThanHeld: "Plan a version above the one that it holds."
        case .elementRefused: "Correct the plan, and repeat."
        case .notAsPlanned: "Repeat; if it fails again, terminate this element."
        case .session: "Fix the cause and resume: nothing is done twice."
        case .journal: "Fix the cause and resume: nothing is done twice."
        case .records: "Fix the cause and repeat."
        case .bindUnanswered: "Bind it to that meter once more, then to the other."
        case .setBack: "Keep it, and compare its transactions with what its owner knows: vstore card log."
        }
    }
}
