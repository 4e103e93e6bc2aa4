public import CardCrypto
public import ISO7816
public import Metrology
public import ValueElement
public import ValueProtocol

/// The meter of a local unit: the total of its transformer, by current transformers.
///
/// It is an element of kind 40 (or 41, of an area unit) with a clock and series of use, and no purse: it answers the same
/// commands as a meter, so the desk issues it like one, and the host reads it by READ USAGE. All counters are written in one commit with the
/// element. Its owner measures and keeps time: it calls ``tick()`` at least once per minute, and
/// ``feed(voltage:current:phase:)`` with samples, or ``count(_:exported:)`` with energy measured elsewhere.
///
/// What it counts is written at the first tick that is ``recordInterval`` after the last write, and at the end of every
/// quarter hour. A power cut without a warning loses what was counted since; after ``lastGasp()`` it loses nothing.
///
/// Use it on one thread only.
public final class TransformerMeter: IntegratedCircuitCard, EnergyMeter {
    /// Its name in errors.
    public let name: String
    /// Its configuration.
    public private(set) var configuration: TransformerConfiguration
    /// The last reading of each phase; nil before the first window has ended.
    public internal(set) var readings: [ChannelReading?] = []
    let card: ValueCard
    let log = MeterLog()
    private let parts: TransformerParts
    private let memory: any NonVolatileMemory
    var registers: TransformerRegisters
    var measurements: [ChannelMeasurement] = []
    var hourlyMarks = ChannelMarks()
    var settingsSeen = 0
    /// Power is failing: nothing more is counted until it returns.
    private(set) var isDown = false
    /// What was written last, and when.
    private var written: (channels: [ChannelEnergy], time: Timestamp) = ([], Timestamp(rawValue: 0))

    /// Seconds after a write until what was counted since is written.
    public static let recordInterval: UInt32 = 60

    /// The records of a new unit.
    ///
    /// - Parameters:
    ///   - id: the unit's; its kind is `localUnit` or `areaUnit`.
    ///   - transportKey: ADMIN 0, diversified for `id`.
    ///   - configuration: of the unit.
    public static func records(
        _ id: PartyID, transportKey: Secret, _ configuration: TransformerConfiguration
    ) -> [RecordName: [UInt8]] {
        var records = ValueCard.blank(id, transportKey: transportKey)
        records[TransformerConfiguration.record] = configuration.change.content
        records[TransformerRegisters.record] = TransformerRegisters(phases: configuration.phases).change.content
        return records
    }

    /// Powers up a unit's meter from its memory.
    ///
    /// - Parameters:
    ///   - memory: with the records of ``records(_:transportKey:_:)``.
    ///   - name: for errors.
    ///   - parts: of the unit.
    /// - Throws: `MeterError` `.memory`, `.notAMeter`.
    public init(
        _ memory: any NonVolatileMemory, name: String = "local unit", parts: TransformerParts
    ) throws(MeterError) {
        self.memory = memory
        self.name = name
        self.parts = parts
        do {
            let environment = ElementEnvironment(randomness: parts.randomness, clock: parts.clock, usage: log)
            card = try ValueCard(memory, name: name, environment: environment)
        } catch {
            throw MeterError(.memory, name, cause: error)
        }
        configuration = TransformerConfiguration(phases: 1, transformer: CurrentTransformer(primary: 1))
        registers = TransformerRegisters(phases: 1)
        connectLog()
        try powerUp()
    }

    /// Reloads everything from the memory, as after a power cut; measurement starts again.
    ///
    /// - Throws: `MeterError` `.memory`, `.notAMeter`.
    public func powerUp() throws(MeterError) {
        let records = try load(memory)
        guard let configuration = TransformerConfiguration(records[TransformerConfiguration.record]),
            let registers = TransformerRegisters(records[TransformerRegisters.record]),
            registers.channels.count == configuration.phases,
            parts.measurements.isEmpty || parts.measurements.count == configuration.phases,
            card.element?.image.eid.kind.isUnit == true
        else { throw MeterError(.notAMeter, name) }
        self.configuration = configuration
        resume(registers, records)
        measurements = parts.measurements
        readings = Array(repeating: nil, count: configuration.phases)
        isDown = false
        try commit(registers, events: [(.powerUp, 0)])
        noteWritten()
    }

    /// Records all that was counted: called when power is about to fail. Nothing is counted after it until
    /// ``powerUp()``.
    ///
    /// - Throws: `MeterError` `.memory`; what was counted since the last write is then lost.
    public func lastGasp() throws(MeterError) {
        guard !isDown else { return }
        try commit(registers, events: [(.lastGasp, 0)])
        isDown = true
    }

    /// Its identifier.
    public var id: PartyID { card.element?.image.eid ?? .none }

    var clock: AdjustableClock { parts.clock }
    var crystal: (any CrystalClock)? { parts.crystal }
    var calendar: LocalCalendar { configuration.calendar }

    /// Its line has no switch: what flows while the memory fails is in no record.
    func memoryFailed() {}

    // MARK: Time

    /// Reads the clock: closes the periods that have ended, and writes what was counted when it is due.
    ///
    /// - Throws: `MeterError` `.memory`.
    public func tick() throws(MeterError) {
        guard !isDown else { return }
        try followCrystal()
        let now = clock.now
        if try closePeriods(now) {
            noteWritten()
        } else if isDue(now) {
            try commit(registers)
            noteWritten()
        }
    }

    /// The clock may have been set back since the last write.
    private func isDue(_ now: Timestamp) -> Bool {
        guard registers.channels != written.channels else { return false }
        return now < written.time || now.rawValue - written.time.rawValue >= TransformerMeter.recordInterval
    }

    private func noteWritten() { written = (registers.channels, clock.now) }

    /// Milliseconds until the next minute of the unit's own clock, 1 to 60,000: an interval that ends by then crosses no
    /// end of a period.
    ///
    /// - Parameter millisecond: elapsed in the clock's current second, 0 to 999.
    public func millisecondsUntilMinute(millisecond: Int64 = 0) -> Int64 {
        untilMinute(millisecond: millisecond)
    }

    // MARK: The element's own port

    public var answerToReset: [UInt8] { card.answerToReset }

    public func reset() throws(CardError) { try resetElement() }

    public func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        try answer(command) { (_) throws(MeterError) in try tick() }
    }
}
