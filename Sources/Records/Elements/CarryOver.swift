public import ValueProtocol

/// The remaining value of a lost element by the host's records.
public struct RemainingValue: Sendable, Hashable {
    public let service: UtilityService
    public let currency: Currency
    public let amount: Amount
    /// When the element proved it; any off-line spending since then is unknown.
    public let asOf: Timestamp

    public init(service: UtilityService, currency: Currency, amount: Amount, asOf: Timestamp) {
        self.service = service
        self.currency = currency
        self.amount = amount
        self.asOf = asOf
    }
}

/// What the replacement of an element gets: the operator's choice.
public enum CarryRule: Sendable, Hashable, CaseIterable {
    /// Nothing: a lost card may still draw what it holds. It stays in the books of the old element.
    case none
    /// The last proven balance. What the element drew off line since then is given twice; of one that was blocked at
    /// hand that is nothing.
    case known
    /// What the books know once the element, or a meter that it gave to, has reported since; until then nothing.
    case afterReport
}

/// Value in transit from a replaced element to its replacement.
public struct CarryOver: Sendable, Hashable {
    public let from: PartyID
    public let to: PartyID
    public let service: UtilityService
    public let currency: Currency
    public let amount: Amount

    public init(from: PartyID, to: PartyID, service: UtilityService, currency: Currency, amount: Amount) {
        self.from = from
        self.to = to
        self.service = service
        self.currency = currency
        self.amount = amount
    }

    /// The reference of the STORE CREDIT that transfers it: one per purse of the old element, so that it is stored only
    /// once.
    ///
    /// It is stored as the key of that order and never changes, so it has its own names for the services.
    public var reference: String { "\(CarryOver.prefix)\(from) \(CarryOver.key(of: service))" }
    package static let prefix = "carry-over "

    private static func key(of service: UtilityService) -> String {
        switch service {
        case .float: "float"
        case .electricity: "electricity"
        case .gas: "gas"
        case .water: "water"
        case .heat: "heat"
        default: "service \(hexadecimal(UInt64(service.rawValue), 2))"
        }
    }
}
