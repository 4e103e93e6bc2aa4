import Issuing

extension CeremonyError: RemedyProviding {
    var remedy: String {
        switch code {
        case .planWrong: "Plan each key once, with a version from 1 on; ADMIN 0 is the transport key."
        case .noDualControl: "Plan at least two components."
        case .sameCustodianTwice: "Have another custodian enter it."
        case .wrongCustodian: "Ask the custodian whom the step names."
        case .outOfTurn: "Give what the step asks for."
        case .malformedComponent, .malformedCheckValue: "Type it again from its sheet."
        case .mistyped: "Type both again from the sheet."
        case .checkValueDiffers: "Begin this key again with component 1; if it fails again, do not use the card."
        case .recordWrong: "Use the plan it was begun with."
        case .otherCard: "Put in the card that the ceremony was begun with."
        case .card: "Fix the cause; the step stays open."
        case .planMalformed: "See vstore help key ceremony for its form."
        case .keyHeld: "Plan its next version instead."
        case .repetitionDiffers: "Type both again."
        case .passphraseTooShort: "Use eight characters or more."
        case .recordNotRemoved: "Remove it: the ceremony is finished."
        }
    }
}
