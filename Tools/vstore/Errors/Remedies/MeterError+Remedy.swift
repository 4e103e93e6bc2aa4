import Meter

extension MeterError: RemedyProviding {
    var remedy: String {
        switch code {
        case .emptySlot: "Put in a subscriber card."
        case .notAMeter: "Make one with vstore meter new."
        case .memory: "Power it up again; it restores its last complete state."
        case .notIssued: "Issue it at the desk: keys, purse and state."
        case .blockedMeter: "Ask the supplier."
        case .notACard: "Put in the card that came with this meter."
        case .notBound: "Put in the card that is bound, or have this one bound."
        case .cardRefused: "Put it in again; if that does not help, ask the supplier for another."
        case .authenticationFailed: "Do not use it; ask the supplier."
        case .blockedCard: "Ask the supplier for another; its value is not lost."
        case .otherCurrency: "Have it bound again."
        case .cardListFull: "Use one of the cards it knows."
        case .purseLimitExceeded: "Use some of what is stored, and put it in again."
        case .interrupted: "Put the same card in again: the amount drawn is then credited."
        case .negativeEnergy: "Have its measurement checked."
        case .cardSetBack: "Do not use it; show it to the supplier."
        case .cardRefusedByLetter: "Bring it to the supplier, and use the card that replaced it."
        }
    }
}
