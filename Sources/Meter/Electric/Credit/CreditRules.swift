public import ValueProtocol

/// By what rules an electric meter gives supply and takes it.
public struct CreditRules: Sendable, Hashable {
    /// What a token is worth.
    public var token: Amount
    /// Below it the display warns.
    public var lowCredit: Amount
    /// How much may be used beyond what was paid, once the subscriber has asked for it.
    public var emergency: Amount
    public var friendly: FriendlyCredit
    /// Whether a broken seal cuts the supply until the host has sealed the meter again.
    public var cutsWhenTampered: Bool

    /// - Parameters:
    ///   - token: above 0; at most this is lost by a power cut.
    ///   - lowCredit: below it the display warns.
    ///   - emergency: 0 for none.
    ///   - friendly: none by default.
    ///   - cutsWhenTampered: no by default: it is written down and told to the host.
    public init(
        token: Amount, lowCredit: Amount = .zero, emergency: Amount = .zero,
        friendly: FriendlyCredit = FriendlyCredit(),
        cutsWhenTampered: Bool = false
    ) {
        precondition(token > .zero, "a token is worth something")
        self.token = token
        self.lowCredit = lowCredit
        self.emergency = emergency
        self.friendly = friendly
        self.cutsWhenTampered = cutsWhenTampered
    }
}
