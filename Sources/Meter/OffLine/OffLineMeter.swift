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
        totals.read = { [weak self] in self?.meteredValue ?? MeteredValue() }
        try powerUp()
    }

    /// Reloads everything from the memory, as after a power cut, and sets the valve.
    ///
    /// - Throws: `MeterError` `.memory`, `.notAMeter`.
    public func powerUp() throws(MeterError) {
        let record: [UInt8]?
        do {
            record = try memory.load()[MeterRegisters.record]
            try card.reset()
        } catch {
            parts.valve.close()
            throw MeterError(.memory, name, cause: error)
        }
        guard let registers = MeterRegisters(record), let kind = card.element?.image.eid.kind, kind.isMeter else {
            parts.valve.close()
            throw MeterError(.notAMeter, name)
        }
        self.registers = registers
        parts.clock.offset = registers.clockOffset
        setValve()
    }

    /// Its identifier.
    public var id: PartyID { card.element?.image.eid ?? .none }
    /// The service it measures.
    public var service: UtilityService { UtilityService(rawValue: id.kind.rawValue) }

    /// The present readings; no authentication needed.
    public var reading: MeterReading {
        MeterReading(
            id: id, state: card.element?.image.state ?? .blank, counter: registers.counter, spent: registers.spent,
            purse: card.element?.image.purse(service), isValveOpen: parts.valve.isOpen, price: rate.price,
            percent: rate.percent, lowCredit: registers.lowCredit)
    }

    // MARK: Use

    /// Lets `quantity` litres or Wh flow, as far as the valve and the purse allow.
    ///
    /// - Returns: the quantity that flowed; less than `quantity` if the valve closed.
    /// - Throws: `MeterError` `.memory`; nothing was counted then.
    public func use(_ quantity: UInt64) throws(MeterError) -> UInt64 {
        guard parts.valve.isOpen, let element = card.element, let purse = element.image.purse(service) else { return 0 }
        let rate = rate
        let used = min(
            quantity, rate.affordable(purse.balance, after: registers.remainder), .max - registers.counter)
        var next = registers
        let cost = rate.cost(of: used, after: registers.remainder)
        next.remainder = cost.remainder
        next.counter += used
        next.spent = next.spent.addingUpToMost(cost.amount)
        try commit(next) { image in
            guard var purse = image.purse(purse.service) else { return }
            purse.balance = Amount(rawValue: purse.balance.rawValue - cost.amount.rawValue)
            image.put(purse)
        }
        return used
    }

    /// The present cost of a unit: by what is in force, or by the price set at manufacture.
    var rate: UseRate {
        let now = parts.clock.now
        guard let system = card.element?.image.charges.advanced(to: now).inForce?.system else {
            return UseRate(price: registers.price, percent: 100)
        }
        return UseRate(
            price: system.basePrice, percent: system.percent(at: now, offset: Int(registers.localOffset)))
    }

    /// Changes registers and element in one commit, and sets the valve.
    func commit(_ next: MeterRegisters, _ change: (inout ElementImage) -> Void) throws(MeterError) {
        guard let element = card.element else {
            parts.valve.close()
            throw MeterError(.memory, name)
        }
        let now = parts.clock.now
        do {
            try element.update(also: next == registers ? [] : [next.change]) { image in
                // What is in force stays so, also if the clock is lost.
                image.charges.advance(to: now)
                change(&image)
            }
        } catch {
            parts.valve.close()
            throw MeterError(.memory, name, cause: error)
        }
        registers = next
        setValve()
    }

    /// The valve is open while the memory is intact, the meter is issued, and its purse pays for one more unit.
    private func setValve() {
        guard let element = card.element, !element.isLost else { return parts.valve.close() }
        let image = element.image
        guard image.state == .issued, let purse = image.purse(service),
            rate.affordable(purse.balance, after: registers.remainder) > 0
        else {
            parts.valve.close()
            return
        }
        parts.valve.open()
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
        do {
            answer = try card.process(command)
        } catch {
            // Without the memory nobody would be charged for what flows on.
            parts.valve.close()
            throw error
        }
        if parts.clock.offset != registers.clockOffset {
            var next = registers
            next.clockOffset = parts.clock.offset
            do {
                try commit(next) { _ in }
            } catch {
                throw CardError(.cardUnresponsive, subject: name, cause: error)
            }
        }
        setValve()
        return answer
    }
}
