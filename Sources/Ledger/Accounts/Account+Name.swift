internal import ValueProtocol

extension Account: LosslessStringConvertible {
    /// The parts of its name, from the general to the particular.
    ///
    /// They are in exported journals, so they stay whatever other descriptions become.
    public var nameParts: [String] { Account.parts(of: description) }

    private static func parts(of name: String) -> [String] {
        name.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map { String(Substring($0)) }
    }

    /// `purses:00A1B2C3-10-011234:gas`
    public var description: String {
        switch self {
        case .seller: "seller"
        case .reseller(let card): "floats:\(card)"
        case .subscriber(let subscriber): "subscribers:\(subscriber)"
        case .purse(let element, let service): "purses:\(element):\(Account.name(of: service))"
        case .inDoubt(let element, let service): "in doubt:\(element):\(Account.name(of: service))"
        case .left(let debit): "left:\(debit.card):\(debit.meter):\(debit.nt)"
        case .debt(let meter): "debts:\(meter)"
        case .delivered(let meter): "delivered:\(meter)"
        case .corrections: "corrections"
        case .carried(let element, let service): "carried:\(element):\(Account.name(of: service))"
        }
    }

    /// Parses a `description`; nil for anything else.
    public init?(_ description: String) {
        let parts = Account.parts(of: description)
        let parties = parts.dropFirst().prefix(2).compactMap { PartyID($0) }
        let account: Account? =
            switch (parts[0], parts.count, parties.count) {
            case ("seller", 1, _): .seller
            case ("corrections", 1, _): .corrections
            case ("floats", 2, 1): .reseller(parties[0])
            case ("subscribers", 2, _): UInt64(parts[1]).map { .subscriber(SubscriberID(rawValue: $0)) }
            case ("debts", 2, 1): .debt(parties[0])
            case ("delivered", 2, 1): .delivered(parties[0])
            // The purse of a float has an account of its own.
            case ("purses", 3, 1): Account.service(parts[2]).flatMap { $0 == .float ? nil : .purse(parties[0], $0) }
            case ("in doubt", 3, 1): Account.service(parts[2]).map { .inDoubt(parties[0], $0) }
            case ("carried", 3, 1): Account.service(parts[2]).map { .carried(parties[0], $0) }
            case ("left", 4, 2):
                UInt32(parts[3]).map { .left(LeftDebitID(card: parties[0], meter: parties[1], nt: $0)) }
            default: nil
            }
        // An account has one name.
        guard let account, account.description == description else { return nil }
        self = account
    }

    private static func service(_ name: String) -> UtilityService? {
        (UInt8.min...UInt8.max).lazy.map { UtilityService(rawValue: $0) }.first { Account.name(of: $0) == name }
    }

    private static func name(of service: UtilityService) -> String {
        switch service {
        case .float: "float"
        case .electricity: "electricity"
        case .gas: "gas"
        case .water: "water"
        case .heat: "heat"
        default: "service \(service.rawValue)"
        }
    }
}
