internal import ValueProtocol

extension Account: CustomStringConvertible {
    /// The parts of its name, from the general to the particular.
    ///
    /// They are in exported journals, so they stay whatever other descriptions become.
    public var nameParts: [String] {
        switch self {
        case .seller: ["seller"]
        case .reseller(let card): ["floats", "\(card)"]
        case .subscriber(let subscriber): ["subscribers", "\(subscriber)"]
        case .purse(let element, let service): ["purses", "\(element)", Account.name(of: service)]
        case .inDoubt(let element, let service): ["in doubt", "\(element)", Account.name(of: service)]
        case .left(let debit): ["left", "\(debit.card)", "\(debit.meter)", "\(debit.nt)"]
        case .debt(let meter): ["debts", "\(meter)"]
        case .delivered(let meter): ["delivered", "\(meter)"]
        case .corrections: ["corrections"]
        case .carried(let element, let service): ["carried", "\(element)", Account.name(of: service)]
        }
    }

    /// `purses:00A1B2C3-10-011234:gas`
    public var description: String { nameParts.joined(separator: ":") }

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
