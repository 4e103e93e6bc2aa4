public import CardCrypto
public import ISO7816
public import ValueElement
public import ValueProtocol

/// A gas, water or heat meter without a connection to a host: it stores value drawn from subscriber cards, and allows
/// its valve to open while that value lasts.
///
/// Its secure module is an element like any card's, which answers the same APDUs in `process`, so the desk issues a
/// meter as it issues a card. All counters are written in one commit with its purse.
public final class OffLineMeter: IntegratedCircuitCard {
    /// Its name in errors.
    public let name: String
    let card: ValueCard
    let parts: MeterParts
    let suite: CipherSuite
    private let totals = RegisteredTotals()
    private let memory: any NonVolatileMemory
    private(set) var registers: MeterRegisters
    var terms: ChargeTerms
    var chargeBook = ChargeBook()
    /// Whether the valve may be open, and why.
    public internal(set) var decision = SupplyDecision(
        SupplyDecision.Situation(state: .blank, value: .zero, wasOn: false), CreditRules(token: .all))

    static let chargeBookRecord = RecordName(0x0202)

    /// The records of a new meter.
    ///
    /// - Parameters:
    ///   - id: the meter's.
    ///   - transportKey: ADMIN 0, diversified for `id`.
    ///   - price: micro-units per m³ or kWh, until a tariff table is loaded.
    ///   - localOffset: minutes by which local time is ahead of UTC.
    ///   - lowCredit: the display warns below it.
    public static func records(
        _ id: PartyID, transportKey: Secret, price: Amount, localOffset: Int16 = 0, lowCredit: Amount = .zero
    ) -> [RecordName: [UInt8]] {
        let registers = MeterRegisters(price: price, localOffset: localOffset, lowCredit: lowCredit)
        var records = ValueCard.blank(id, transportKey: transportKey)
        records[MeterRegisters.record] = registers.change.content
        return records
    }

    /// Powers up a meter from its memory.
    ///
    /// - Throws: `MeterError` `.memory`, `.notAMeter`.
    public init(_ memory: any NonVolatileMemory, name: String = "meter", parts: MeterParts) throws(MeterError) {
        self.memory = memory
        self.name = name
        self.parts = parts
        do {
            let environment = ElementEnvironment(
                randomness: parts.randomness, clock: parts.clock, account: totals)
            card = try ValueCard(memory, name: name, environment: environment)
            suite = try CipherSuite()
        } catch {
            throw MeterError(.memory, name, cause: error)
        }
        registers = MeterRegisters(price: .zero, localOffset: 0, lowCredit: .zero)
        terms = ChargeTerms(nil, registers.chargedMeter, at: parts.clock.now)
        totals.read = { [weak self] in self?.meteredValue ?? MeteredValue() }
        try powerUp()
    }

    /// Reloads everything from the memory, as after a power cut, and sets the valve.
    ///
    /// - Throws: `MeterError` `.memory`, `.notAMeter`.
    public func powerUp() throws(MeterError) {
        let records: [RecordName: [UInt8]]
        do {
            records = try memory.load()
            try card.reset()
        } catch {
            parts.valve.close()
            throw MeterError(.memory, name, cause: error)
        }
        guard let registers = MeterRegisters(records[MeterRegisters.record]),
            let chargeBook = ChargeBook(records[OffLineMeter.chargeBookRecord]),
            let kind = card.element?.image.eid.kind, kind.isMeter
        else {
            parts.valve.close()
            throw MeterError(.notAMeter, name)
        }
        self.registers = registers
        self.chargeBook = chargeBook
        parts.clock.offset = registers.clockOffset
        try tick()
    }

    /// Its identifier.
    public var id: PartyID { card.element?.image.eid ?? .none }
    /// The service it measures.
    public var service: UtilityService { UtilityService(rawValue: id.kind.rawValue) }

    /// The present readings; no authentication needed.
    public var reading: MeterReading {
        MeterReading(
            id: id, state: card.element?.image.state ?? .blank, counter: registers.counter, spent: registers.spent,
            purse: card.element?.image.purse(service), isValveOpen: parts.valve.isOpen, price: terms.basePrice(),
            percent: terms.percent, lowCredit: creditRules.lowCredit, debt: card.element?.image.debt.owed ?? .zero,
            decision: decision)
    }

    /// Changes registers and element in one commit.
    func commit(
        _ next: MeterRegisters, also changes: [RecordChange] = [], _ change: (inout ElementImage) -> Void = { _ in }
    ) throws(MeterError) {
        guard let element = card.element else {
            parts.valve.close()
            throw MeterError(.memory, name)
        }
        do {
            try element.update(also: changes + (next == registers ? [] : [next.change]), change)
        } catch {
            parts.valve.close()
            throw MeterError(.memory, name, cause: error)
        }
        registers = next
    }

    // MARK: The element's own port

    public var answerToReset: [UInt8] { card.answerToReset }

    public func reset() throws(CardError) {
        do {
            try powerUp()
        } catch {
            throw CardError(.cardUnresponsive, subject: name, cause: error)
        }
    }

    public func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        let answer: [UInt8]
        do throws(MeterError) {
            // By the clock of before the command, which may set it.
            try followCharges(parts.clock.now)
        } catch {
            throw CardError(.cardUnresponsive, subject: name, cause: error)
        }
        do {
            answer = try card.process(command)
        } catch {
            // Without the memory nobody would be charged for what flows on.
            parts.valve.close()
            throw error
        }
        do throws(MeterError) {
            if parts.clock.offset != registers.clockOffset { try recordClock() }
            try tick()
        } catch {
            throw CardError(.cardUnresponsive, subject: name, cause: error)
        }
        return answer
    }
}
