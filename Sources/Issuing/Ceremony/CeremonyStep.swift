public import ValueProtocol

/// What a ceremony asks next, and of whom.
public enum CeremonyStep: Sendable, Hashable, CustomStringConvertible {
    /// The custodian chooses a first PIN.
    case firstPIN(KeyCustodian)
    /// The custodian gives the PIN.
    case pin(KeyCustodian)
    /// The custodian, alone at the computer, enters a component and the check value of its sheet.
    case component(ComponentRequest)
    /// Everybody confirms the rules.
    case rules(IssuingRules)
    /// Nothing is left to do.
    case finished

    public var description: String {
        switch self {
        case .firstPIN(let custodian): "\(custodian) chooses a PIN of 4 to 12 digits"
        case .pin(let custodian): "\(custodian) gives the PIN"
        case .component(let request): "\(request.custodian) enters \(request)"
        case .rules(let rules): "set the rules: \(rules)"
        case .finished: "the ceremony is finished"
        }
    }
}

/// One component to be entered.
public struct ComponentRequest: Sendable, Hashable, CustomStringConvertible {
    public let key: KeyName
    /// 1 to `count`.
    public let number: UInt8
    public let count: UInt8
    public let custodian: KeyCustodian

    /// - Parameters:
    ///   - key: the key's name.
    ///   - number: 1 to `count`.
    ///   - count: how many components the key has.
    ///   - custodian: who enters it.
    public init(key: KeyName, number: UInt8, count: UInt8, custodian: KeyCustodian) {
        self.key = key
        self.number = number
        self.count = count
        self.custodian = custodian
    }

    /// Whether it is the last component, which completes the key.
    public var isLast: Bool { number == count }

    public var description: String { "component \(number) of \(count) of \(key)" }
}

/// People's answer to a step.
public enum CeremonyInput: Sendable {
    case newPIN(PIN, of: KeyCustodian)
    case pin(PIN, of: KeyCustodian)
    case component(KeyComponent, by: KeyCustodian)
    case rulesConfirmed
}

/// A ceremony's command to the card.
public enum CeremonyCommand: Sendable, CustomStringConvertible {
    case setPIN(PIN, of: KeyCustodian)
    case verify(PIN, of: KeyCustodian)
    case load(KeyComponent, ComponentRequest)
    case setRules(IssuingRules)

    public var description: String {
        switch self {
        case .setPIN(_, let custodian): "first PIN of \(custodian)"
        case .verify(_, let custodian): "PIN of \(custodian)"
        case .load(_, let request): "\(request)"
        case .setRules: "rules"
        }
    }

    /// Executes the command on `card`.
    ///
    /// - Returns: the check value that it returned for a component; nil for the other commands.
    public func perform(on card: MasterKeyCard) throws(MasterKeyError) -> KeyCheckValue? {
        switch self {
        case .setPIN(let pin, let custodian): try card.changePIN(of: custodian, from: nil, to: pin)
        case .verify(let pin, let custodian): try card.verify(pin, of: custodian)
        case .load(let component, let request):
            return try card.load(component, of: request.key, number: request.number, count: request.count)
        case .setRules(let rules): try card.set(rules)
        }
        return nil
    }
}

/// The result of a step, to be shown to everybody present.
public enum CeremonyEvent: Sendable, Hashable, CustomStringConvertible {
    case pinSet(KeyCustodian)
    case pinAccepted(KeyCustodian)
    /// A component was accepted, with the check value that was computed here and confirmed by the card.
    case componentAccepted(ComponentRequest, KeyCheckValue)
    /// A component had been accepted before its answer was lost.
    case componentAlreadyAccepted(ComponentRequest, KeyCheckValue)
    /// The last component was accepted; `component` was computed here, `key` by the card.
    case keyFinished(ComponentRequest, component: KeyCheckValue, key: KeyCheckValue)
    case rulesSet(IssuingRules)

    public var description: String {
        switch self {
        case .pinSet(let custodian): "\(custodian) has a PIN"
        case .pinAccepted(let custodian): "\(custodian) gave the PIN"
        case .componentAccepted(let request, let value): "\(request) taken, check value \(value)"
        case .componentAlreadyAccepted(let request, let value): "\(request) was taken before, check value \(value)"
        case .keyFinished(let request, let component, let key):
            "\(request) taken, check value \(component); \(request.key) is finished, its check value is \(key)"
        case .rulesSet(let rules): "rules set: \(rules)"
        }
    }
}
