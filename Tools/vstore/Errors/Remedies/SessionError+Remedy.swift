import ValueProtocol

extension SessionError: RemedyProviding {
    var remedy: String {
        switch code {
        case .masterKeyCardLocked: "Select it, have a custodian give the PIN, and repeat."
        case .outsideRules:
            "It is a master-key card, outside the range of the card's rules, or was issued before: see its "
                + "state."
        case .noSessionsUnderKey: "Only meters draw under TRANSFER."
        case .operationNotInRules: "Have two custodians allow it by SET RULES, or open a session of its purpose."
        case .sealRefused: "Open a new session; for a credit see the float; a blocked master-key card seals nothing."
        case .noSession: "Open one first."
        case .noAnswer: "What was sent may have been done; it is resolved at the next contact."
        case .refused: "See the status word in the command reference."
        case .noApplication: "Put in a card of this system."
        case .noSuchKey: "Use the version that it holds: vstore card info lists them."
        case .wrongState: "See its state with vstore card info."
        case .malformedAnswer: "Repeat in a new session."
        case .otherElement: "Put in the card that was meant, and repeat."
        case .elementNotGenuine: "Keep the card: it is not from this issuer, or is forged."
        case .answerNotGenuine: "What was sent is in doubt; it is resolved at the next contact."
        case .staleElement: "Keep the card: it may be a copy of an older state."
        case .oldKey: "Use the newest version that the element holds."
        case .noMasterKey: "Load its components in a key ceremony first."
        case .notAuthorized: "Give the PINs that are missing, or have its rules set."
        case .answerOutstanding: "Open a new session."
        case .sessionExhausted: "Open a new session."
        case .authorityFailed: "Fix the cause and repeat."
        }
    }
}
