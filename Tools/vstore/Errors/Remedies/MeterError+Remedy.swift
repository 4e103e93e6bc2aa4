import Meter

extension MeterError: RemedyProviding {
    var remedy: String {
        switch code {
        case .emptySlot: "Put in a subscriber card."
        case .notAMeter: "Make one with vstore meter new."
        case .memory: "Power it up again; it finds its last whole state."
        case .notIssued: "Issue it at the desk: keys, purse and state."
        case .blockedMeter: "Ask the supplier."
        case .notACard: "Put in the card that came with this meter."
        case .stranger: "Put in the card that is, or have it bound."
        case .cardRefused: "Put it in again; if it stays so, ask the supplier for another."
        case .forgery: "Do not use it; ask the supplier."
        case .blockedCard: "Ask the supplier for another; its value is not lost."
        case .otherCurrency: "Have it bound anew."
        case .noRoomForCard: "Use one of the cards it knows."
        case .noRoomForValue: "Use some of what is stored, and put it in again."
        case .interrupted: "Put the same card in again: what it gave is then credited."
        }
    }
}
