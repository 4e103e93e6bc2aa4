/// What happened to a meter (protocol §6). The numbers are sent and stored, so a number never gets another meaning.
public enum EventCode: UInt16, Sendable, CaseIterable {
    // 01xx: supply. The value is the number of the ``SupplyReason``.
    case supplyOn = 0x0101
    case supplyOff = 0x0102
    /// Supply continues for a different reason.
    case supplyReason = 0x0103
    // The value is the channel, counted from 1.
    case channelOff = 0x0104
    case channelOn = 0x0105
    case channelOverloaded = 0x0106
    // 02xx: power. The value is the micro-units lost in the power cut, or the maximum of 32 bits.
    case powerUp = 0x0201
    case lastGasp = 0x0202
    // 03xx: value.
    /// The last token left the tank: micro-units, or the maximum of 32 bits.
    case lastToken = 0x0301
    case emergencyAsked = 0x0302
    /// Micro-units, or the maximum of 32 bits.
    case debtRepaid = 0x0303
    /// Value came from a card in the slot: micro-units, or the maximum of 32 bits.
    case cardRedeemed = 0x0304
    /// A letter came by a card, and was taken: its number.
    case letterTaken = 0x0305
    /// A letter came by a card that is not genuine, is not newer than the last, or cannot be taken whole: its number, 0
    /// where it has none.
    case letterLeft = 0x0306
    // 04xx: the clock. The value is the previous time, as far as it was known.
    case clockSet = 0x0401
    /// The crystal clock stopped: the time that follows is the last known one, not the current one.
    case clockLost = 0x0402
    // 05xx: tampering.
    case bypassBegins = 0x0501
    case bypassEnds = 0x0502
    case coverOpened = 0x0503
    case coverClosed = 0x0504
    case magnetBegins = 0x0505
    case magnetEnds = 0x0506
    case sealBroken = 0x0507
    case sealed = 0x0508
    /// Energy comes from the load of a channel, counted from 1, whose installation gives none: its leads are reversed, or
    /// it has a generator that nobody knows of.
    case reversalBegins = 0x0509
    /// An hour of the channel was without it.
    case reversalEnds = 0x050A
    // 06xx: faults. For a relay or a range the value is its channel, counted from 1; for a surge it is the number of
    // surges.
    case relayWelded = 0x0601
    case relayNotSwitching = 0x0602
    case relayWorks = 0x0603
    case surge = 0x0604
    case arresterWorn = 0x0605
    /// A converter of the channel is at its limit: more flows than is measured.
    case rangeLeft = 0x0606
    /// An hour of the channel was within its range.
    case rangeKept = 0x0607
}

extension EventCode: CustomStringConvertible {
    /// In words.
    public var description: String {
        switch self {
        case .supplyOn: "supply on"
        case .supplyOff: "supply off"
        case .supplyReason: "supply for another reason"
        case .channelOff: "channel switched off"
        case .channelOn: "channel on again"
        case .channelOverloaded: "channel overloaded"
        case .powerUp: "power is back"
        case .lastGasp: "power goes"
        case .lastToken: "last token"
        case .emergencyAsked: "emergency credit asked for"
        case .debtRepaid: "debt repaid"
        case .cardRedeemed: "card redeemed"
        case .letterTaken: "letter taken"
        case .letterLeft: "letter left"
        case .clockSet: "clock set"
        case .clockLost: "clock lost"
        case .bypassBegins: "bypass begins"
        case .bypassEnds: "bypass ends"
        case .coverOpened: "cover opened"
        case .coverClosed: "cover closed"
        case .magnetBegins: "magnet near"
        case .magnetEnds: "magnet gone"
        case .sealBroken: "seal broken"
        case .sealed: "sealed"
        case .relayWelded: "relay welded"
        case .relayNotSwitching: "relay not switching"
        case .relayWorks: "relay works"
        case .surge: "surge"
        case .arresterWorn: "arrester worn"
        case .reversalBegins: "energy reversed"
        case .reversalEnds: "energy no longer reversed"
        case .rangeLeft: "out of range"
        case .rangeKept: "within range again"
        }
    }
}
