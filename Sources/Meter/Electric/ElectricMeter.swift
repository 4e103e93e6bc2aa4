public import CardCrypto
public import ISO7816
public import ValueElement
public import ValueProtocol

/// The value-store electric meter: stores value, draws tokens from it as energy is used, and supplies energy while
/// there is value or a credit rule applies.
///
/// Its secure module is an element like any card's, which answers the same APDUs in `process`. All counters are written
/// in one commit with its purse. Its owner measures and keeps time: it calls ``tick()`` at least at the start of every
/// minute, and ``count(_:exported:)`` with the energy used since.
public final class ElectricMeter: IntegratedCircuitCard, EnergyMeter {
    /// Its name in errors.
    public let name: String
    /// Its configuration.
    public private(set) var configuration: ElectricConfiguration
    /// Whether there is supply, and why.
    public internal(set) var decision = SupplyDecision(
        SupplyDecision.Situation(state: .blank, value: .zero, wasOn: false), CreditRules(token: .all))
    let card: ValueCard
    let parts: ElectricParts
    let log = MeterLog()
    private let totals = RegisteredTotals()
    let suite: CipherSuite
    private let memory: any NonVolatileMemory
    var registers: ElectricRegisters
    var vault: TokenVault
    var exchanger: TokenExchanger
    var terms: ChargeTerms
    var chargeBook = ChargeBook()
    /// Power is failing: nothing more is counted until it returns.
    private(set) var isDown = false
    /// What the channels showed in the open hour.
    var hourlyMarks = ChannelMarks()
    /// How often the clock had been set at the last check.
    var settingsSeen = 0

    private static let pairingRecord = RecordName(0x0303)
    static let chargeBookRecord = RecordName(0x0304)

    /// The records of a new meter.
    ///
    /// - Parameters:
    ///   - id: the meter's; its kind is `electricMeter`.
    ///   - transportKey: ADMIN 0, diversified for `id`.
    ///   - configuration: of the meter.
    /// - Throws: `CryptoError` if no key could be generated for the pairing of its two halves.
    public static func records(
        _ id: PartyID, transportKey: Secret, _ configuration: ElectricConfiguration
    ) throws(CryptoError) -> [RecordName: [UInt8]] {
        var records = ValueCard.blank(id, transportKey: transportKey)
        records[ElectricConfiguration.record] = configuration.change.content
        records[ElectricRegisters.record] = ElectricRegisters(channels: configuration.channels).change.content
        records[pairingRecord] = try unsafe SystemRandomness.key().withBytes { unsafe Array($0) }
        return records
    }

    /// Powers up a meter from its memory.
    ///
    /// - Parameters:
    ///   - memory: with the records of ``records(_:transportKey:_:)``.
    ///   - name: for errors.
    ///   - parts: of the meter.
    /// - Throws: `MeterError` `.memory`, `.notAMeter`.
    public init(
        _ memory: any NonVolatileMemory, name: String = "meter", parts: ElectricParts
    ) throws(MeterError) {
        self.memory = memory
        self.name = name
        self.parts = parts
        do {
            suite = try CipherSuite()
            let environment = ElementEnvironment(
                randomness: parts.randomness, clock: parts.clock, usage: log, account: totals)
            card = try ValueCard(memory, name: name, environment: environment)
        } catch {
            throw MeterError(.memory, name, cause: error)
        }
        configuration = ElectricConfiguration(price: .zero, rules: CreditRules(token: .all))
        registers = ElectricRegisters(channels: 1)
        terms = ChargeTerms(nil, configuration.chargedMeter, at: parts.clock.now)
        vault = TokenVault(pairing: Secret(copying: []), suite)
        exchanger = TokenExchanger(suite: suite, pairing: Secret(copying: []))
        connectLog()
        totals.read = { [weak self] in self?.meteredValue ?? MeteredValue() }
        try powerUp()
    }

    /// Reloads everything from the memory, as after a power cut.
    ///
    /// The rest of the current token is lost, unless it was recorded when power failed.
    ///
    /// - Throws: `MeterError` `.memory`, `.notAMeter`.
    public func powerUp() throws(MeterError) {
        let records = try load(memory)
        guard let configuration = ElectricConfiguration(records[ElectricConfiguration.record]),
            let registers = ElectricRegisters(records[ElectricRegisters.record]),
            var pairing = records[ElectricMeter.pairingRecord], pairing.count == 16,
            let chargeBook = ChargeBook(records[ElectricMeter.chargeBookRecord]),
            registers.channels.count == configuration.channels, parts.relays.count == configuration.channels,
            card.element?.image.eid.kind == .electricMeter
        else {
            memoryFailed()
            throw MeterError(.notAMeter, name)
        }
        self.configuration = configuration
        self.chargeBook = chargeBook
        totals.channelCount = configuration.channels
        let secret = Secret(taking: &pairing)
        vault = TokenVault(pairing: secret, suite)
        exchanger = TokenExchanger(suite: suite, pairing: secret)
        resume(registers, records)
        isDown = false
        renewTerms(at: clock.now)
        // An earlier version recorded debt here, and repaid it out of the purse after each credit.
        let isOlder = registers.lent > .zero
        var next = registers
        var lost = Amount.zero
        if !next.isAtRest {
            lost = next.remaining.addingUpToMost(next.creditInAdvance)
            next.forfeited = next.forfeited.addingUpToMost(lost)
            next.remaining = .zero
            next.lent = next.lent.addingUpToMost(next.creditInAdvance)
            if next.hasAskedForEmergency {
                next.emergencyUsed = next.emergencyUsed.addingUpToMost(next.creditInAdvance)
            }
        }
        next.creditInAdvance = .zero
        next.isAtRest = false
        try commit(next, events: [(.powerUp, UInt32(clamping: lost.rawValue))]) { image in
            if isOlder { image.repayFromPurse(of: .electricity) }
        }
        // The last write before the cut may have added value.
        try settle()
    }

    /// Records the rest of the current token: called when power is about to fail. Nothing is counted after it until
    /// ``powerUp()``.
    ///
    /// - Throws: `MeterError` `.memory`; the token is then lost.
    public func lastGasp() throws(MeterError) {
        guard !isDown else { return }
        var next = registers
        next.isAtRest = true
        next.creditInAdvance = .zero
        try commit(next, events: [(.lastGasp, 0)])
        isDown = true
    }

    /// Its identifier.
    public var id: PartyID { card.element?.image.eid ?? .none }

    /// The service it measures.
    public var service: UtilityService { .electricity }

    var clock: AdjustableClock { parts.clock }
    var crystal: (any CrystalClock)? { parts.crystal }
    var calendar: LocalCalendar { configuration.calendar }
    var image: ElementImage? { card.element?.image }
    var purse: Purse? { image?.purse(.electricity) }

    /// Ends supply because the memory failed: nobody would be charged for what flows on.
    func memoryFailed() {
        for relay in parts.relays { relay.open() }
        decision = SupplyDecision(situation(isMemoryLost: true), creditRules)
    }

    // MARK: The element's own port

    public var answerToReset: [UInt8] { card.answerToReset }

    public func reset() throws(CardError) { try resetElement() }

    public func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        do {
            // By the clock of before the command, which may set it.
            if !isDown { try followCharges(parts.clock.now) }
            try recordDebt()
        } catch {
            throw CardError(.cardUnresponsive, subject: name, cause: error)
        }
        // What a command may have changed: the clock, the purse, the debt, the state, the tariff.
        return try answer(command) { (stateBefore) throws(MeterError) in
            try sealAgain(before: stateBefore)
            try settle()
        }
    }

    /// The consequences of added value.
    func settle() throws(MeterError) {
        try followCredit()
        try tick()
    }
}
