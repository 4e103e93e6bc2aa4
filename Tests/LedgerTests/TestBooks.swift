import Ledger
import Testing
import ValueProtocol

/// A ledger under test: every order has a key and a time of its own, and every step is checked by the twelve invariants.
struct TestBooks {
    static let issuer: UInt32 = 0x00A1_B2C3
    static let euro = Currency(rawValue: 978)
    static let dollar = Currency(rawValue: 840)
    static let card = PartyID(issuer: issuer, kind: .subscriberCard, number: 1)
    static let secondCard = PartyID(issuer: issuer, kind: .subscriberCard, number: 2)
    static let gasMeter = PartyID(issuer: issuer, kind: .gasMeter, number: 1)
    static let secondGasMeter = PartyID(issuer: issuer, kind: .gasMeter, number: 2)
    static let electricMeter = PartyID(issuer: issuer, kind: .electricMeter, number: 1)
    static let secondElectricMeter = PartyID(issuer: issuer, kind: .electricMeter, number: 2)
    static let reseller = PartyID(issuer: issuer, kind: .masterKeyCard, number: 1)
    static let subscriber = SubscriberID(rawValue: 42)

    static let purse = PurseID(card, .gas)
    static let secondPurse = PurseID(secondCard, .gas)
    static let gas = PurseID(gasMeter, .gas)
    static let electricity = PurseID(electricMeter, .electricity)
    static let float = PurseID(reseller, .float)

    var ledger = GeneralLedger()
    private var count = 0

    /// The purses of all elements above, of at most 100.00 each.
    init() throws {
        let purses = [
            Self.purse, Self.secondPurse, Self.gas, PurseID(Self.secondGasMeter, .gas), Self.electricity,
            PurseID(Self.secondElectricMeter, .electricity), Self.float,
        ]
        for purse in purses {
            try perform(.setPurse(PurseTerms(purse, currency: Self.euro, limit: euros(100))))
        }
    }

    mutating func order(_ request: LedgerRequest, key: String? = nil) -> LedgerOrder {
        count += 1
        return LedgerOrder(
            key: IdempotencyKey(key ?? "order \(count)"), time: Timestamp(rawValue: 1_700_000_000 + UInt32(count) * 60),
            request)
    }

    /// Does it, and checks the step by difference and the whole.
    @discardableResult
    mutating func perform(
        _ request: LedgerRequest, key: String? = nil, location: SourceLocation = #_sourceLocation
    ) throws -> LedgerDecision {
        let decision = try ledger.decide(order(request, key: key))
        let check = StepCheck(of: decision.facts, on: ledger)
        for fact in decision.facts { try ledger.append(fact) }
        #expect(check.violations(after: ledger) == [], sourceLocation: location)
        #expect(LedgerInvariant.allViolations(in: ledger) == [], sourceLocation: location)
        return decision
    }

    /// Expects a refusal that changes nothing.
    mutating func expectRefusal(
        _ code: LedgerError.Code, of request: LedgerRequest, key: String? = nil,
        location: SourceLocation = #_sourceLocation
    ) {
        let before = ledger
        let order = order(request, key: key)
        #expect(throws: LedgerError(code, ""), sourceLocation: location) { try ledger.perform(order) }
        #expect(ledger == before, sourceLocation: location)
    }

    /// STORE CREDIT, done.
    @discardableResult
    mutating func load(
        _ purse: PurseID, _ amount: Amount, htxn: UInt64, party: ValueSource = .seller
    ) throws -> TransferID {
        let id = try begin(.load(order(of: purse, amount, htxn, party)))
        try perform(.settle(id, .posted))
        return id
    }

    /// Orders, and returns the transfer that is pending.
    mutating func begin(_ request: LedgerRequest) throws -> TransferID {
        let decision = try perform(request)
        return try #require(decision.facts.compactMap(\.change.transfer).last)
    }

    func order(
        of purse: PurseID, _ amount: Amount, _ htxn: UInt64, _ party: ValueSource = .seller,
        currency: Currency = euro
    ) -> ElementOrder {
        ElementOrder(
            purse, currency: currency, amount: amount, htxn: HostTransaction(rawValue: htxn), party: party)
    }

    @discardableResult
    mutating func report(
        _ purse: PurseID, _ balance: Amount, nt: UInt32, highest: UInt64 = 9, slot: PartyID? = gasMeter
    ) throws -> LedgerDecision {
        try perform(
            .cardStatement(
                CardStatement(
                    purse, currency: Self.euro, balance: balance, nt: nt, highest: HostTransaction(rawValue: highest),
                    slot: slot)))
    }

    /// The first card's word.
    @discardableResult
    mutating func report(
        _ balance: Amount, nt: UInt32, highest: UInt64 = 9, slot: PartyID? = gasMeter
    ) throws -> LedgerDecision {
        try report(Self.purse, balance, nt: nt, highest: highest, slot: slot)
    }

    /// A gas meter's status, brought by a card.
    static func word(
        _ balance: Amount, spent: Amount? = .zero, credited: [MeterStatus.CreditedCard]?, clock: UInt32,
        by card: PartyID = secondCard, nt: UInt32
    ) -> MeterStatement {
        MeterStatement(
            gas, currency: euro, balance: balance, spent: spent, debt: nil, credited: credited,
            clock: Timestamp(rawValue: clock), way: .card(card, nt: nt))
    }

    /// An electric meter's word in a session.
    static func word(
        of purse: PurseID = electricity, _ balance: Amount, spent: Amount?, debt: Amount?, nt: UInt32,
        highest: UInt64 = 9
    ) -> MeterStatement {
        MeterStatement(
            purse, currency: euro, balance: balance, spent: spent, debt: debt, credited: nil,
            clock: Timestamp(rawValue: 0), way: .session(nt: nt, highest: HostTransaction(rawValue: highest)))
    }

    /// The balance in units of the currency.
    func held(in account: Account, _ currency: Currency = euro) -> Double {
        Double(ledger.balance(of: account, in: currency)) / 1e6
    }

    /// The open differences, without their numbers.
    var open: [String] { ledger.differences.map { "\($0.kind) \($0.amount / 10_000)" } }

    static func approval(_ reason: String = "checked") throws -> Approval {
        try #require(Approval(by: "first", approvedBy: "second", because: reason))
    }
}

func euros(_ units: UInt64) -> Amount { Amount(rawValue: units * 1_000_000) }

func credited(_ card: PartyID, nt: UInt32, _ total: Amount) -> MeterStatus.CreditedCard {
    MeterStatus.CreditedCard(card: card, nt: nt, total: total)
}
