public import ValueProtocol

/// Where value is. Every transfer moves it from one account to another.
///
/// A balance above 0 is value that the account holds. What the seller issued, what meters supplied on credit and what
/// corrections added stand below 0, so that all balances of a currency sum to 0.
public enum Account: Sendable, Hashable {
    /// The seller: minus what it has issued and not taken back.
    case seller
    /// The float of a reseller, which is the purse of service 00 of a master-key card (protocol §8).
    case reseller(PartyID)
    /// What a subscriber bought and no element holds yet.
    case subscriber(SubscriberID)
    /// An element's purse of a service other than the float.
    case purse(PartyID, UtilityService)
    /// Value that is, or is not, in the purse: its outcome is unknown, or a card gave it and the meter's word is missing.
    case inDoubt(PartyID, UtilityService)
    /// A debit that a card's slot left behind when it made way (protocol §4, "Left").
    case left(LeftDebitID)
    /// Minus what a meter has supplied on credit and was not repaid.
    case debt(PartyID)
    /// Value that a meter has turned into energy or water.
    case delivered(PartyID)
    /// What corrections by two people took from other accounts.
    case corrections
    /// The value of a replaced element, set aside until its successor has it.
    case carried(PartyID, UtilityService)

    /// The number of a kind of account, as in `bytes`; a number never gets another meaning.
    public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        case seller = 1
        case reseller = 2
        case subscriber = 3
        case purse = 4
        case inDoubt = 5
        case left = 6
        case debt = 7
        case delivered = 8
        case corrections = 9
        case carried = 10
    }

    public var kind: Kind {
        switch self {
        case .seller: .seller
        case .reseller: .reseller
        case .subscriber: .subscriber
        case .purse: .purse
        case .inDoubt: .inDoubt
        case .left: .left
        case .debt: .debt
        case .delivered: .delivered
        case .corrections: .corrections
        case .carried: .carried
        }
    }

    /// The account of what a purse holds: a reseller's float if it is of service 00.
    public static func held(by purse: PurseID) -> Account {
        purse.service == .float ? .reseller(purse.element) : .purse(purse.element, purse.service)
    }

    /// The account of what is in doubt in a purse.
    public static func inDoubt(in purse: PurseID) -> Account { .inDoubt(purse.element, purse.service) }

    /// The account of what is set aside from the purse of a replaced element.
    public static func carried(from purse: PurseID) -> Account { .carried(purse.element, purse.service) }

    /// The purse whose value the account holds; nil for any other account.
    public var purse: PurseID? {
        switch self {
        case .purse(let element, let service): PurseID(element, service)
        case .reseller(let card): PurseID(card, .float)
        default: nil
        }
    }
}

/// A purse by its element and service.
public struct PurseID: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let element: PartyID
    public let service: UtilityService

    public init(_ element: PartyID, _ service: UtilityService) {
        self.element = element
        self.service = service
    }

    public var description: String { "\(element) \(service)" }
    public static func < (a: PurseID, b: PurseID) -> Bool { (a.element, a.service) < (b.element, b.service) }
}

/// A debit that a slot left behind, named by card, meter and NT (protocol §4, "Left").
public struct LeftDebitID: Sendable, Hashable, CustomStringConvertible {
    public let card: PartyID
    public let meter: PartyID
    public let nt: UInt32

    public init(card: PartyID, meter: PartyID, nt: UInt32) {
        self.card = card
        self.meter = meter
        self.nt = nt
    }

    public var description: String { "\(card) \(meter) \(nt)" }
}

/// The utility's number of a subscriber.
public struct SubscriberID: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public var description: String { String(rawValue) }
}
