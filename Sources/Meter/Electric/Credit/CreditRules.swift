public import ValueProtocol

/// The rules by which an electric meter supplies or disconnects.
public struct CreditRules: Sendable, Hashable {
    /// The value of a token.
    public var token: Amount
    /// The display warns below this value.
    public var lowCredit: Amount
    /// How much may be used on credit, once the subscriber has requested it.
    public var emergency: Amount
    public var friendly: FriendlyCredit
    /// Whether a broken seal disconnects supply until the host has sealed the meter again.
    public var cutsWhenTampered: Bool

    /// - Parameters:
    ///   - token: above 0; at most this is lost in a power cut.
    ///   - lowCredit: the display warns below it.
    ///   - emergency: 0 for none.
    ///   - friendly: none by default.
    ///   - cutsWhenTampered: false by default: tampering is only recorded and reported to the host.
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
