internal import ISO7816
internal import Metrology
internal import ValueElement
internal import ValueProtocol

/// The counters of an ``EnergyMeter``, stored in one record.
protocol EnergyMeterRegisters: Equatable {
    /// From the line and to it, of each channel.
    var channels: [ChannelEnergy] { get set }
    var open: OpenPeriods { get set }
    /// What channels showed in this hour or the one before.
    var marks: ChannelMarks { get set }
    /// Seconds by which the meter's clock is ahead of its crystal's count.
    var clockOffset: Int64 { get set }
    /// Whether the clock was lost and has not been set since.
    var isTimeUnknown: Bool { get set }
    /// Number of events.
    var events: UInt32 { get set }
    /// Micro-units of energy used.
    var spent: Amount { get }
    /// Micro-units paid for energy given back.
    var paid: Amount { get }
    /// The record.
    var change: RecordChange { get }
    /// Moves what was lent since the last write to the element: a meter that lends has debt.
    mutating func moveDebt(to image: inout ElementImage)
}

extension EnergyMeterRegisters {
    var paid: Amount { .zero }

    func moveDebt(to image: inout ElementImage) {}

    /// What the records of a series count, since manufacture.
    func total(_ series: UsageSeries) -> OpenPeriods.Total {
        switch series {
        case .hoursGivenBack, .quarterHoursGivenBack: (channels.wattHoursGivenBack, paid)
        default: (channels.wattHours, spent)
        }
    }
}

/// What an electric meter and a local unit have in common: counters that are written in one commit with their element,
/// a log of use and events, and a clock that is set, and can be lost.
protocol EnergyMeter: AnyObject {
    associatedtype Registers: EnergyMeterRegisters
    /// Its name in errors.
    var name: String { get }
    var card: ValueCard { get }
    var log: MeterLog { get }
    var clock: AdjustableClock { get }
    /// The counter behind the clock's base, if it can report that it stopped.
    var crystal: (any CrystalClock)? { get }
    var calendar: LocalCalendar { get }
    var registers: Registers { get set }
    /// What the channels showed in the open hour.
    var hourlyMarks: ChannelMarks { get set }
    /// How often the clock had been set at the last check.
    var settingsSeen: Int { get set }
    /// Whether power is failing: nothing more is counted.
    var isDown: Bool { get }
    /// Reloads everything from the memory, as after a power cut.
    func powerUp() throws(MeterError)
    /// Records that the clock was set.
    func commitClock(_ next: Registers, events: [(EventCode, UInt32)]) throws(MeterError)
    /// The memory failed: what flows on cannot be recorded.
    func memoryFailed()
}

extension EnergyMeter {
    func commitClock(_ next: Registers, events: [(EventCode, UInt32)]) throws(MeterError) {
        try commit(next, events: events)
    }

    // MARK: Start

    /// READ USAGE shows what is in the log, and the open periods.
    func connectLog() {
        log.open = { [weak self] in self?.openRecords ?? [] }
        log.calendar = { [weak self] in self?.calendar ?? LocalCalendar() }
    }

    /// Starts the element and loads the memory's records.
    func load(_ memory: any NonVolatileMemory) throws(MeterError) -> [RecordName: [UInt8]] {
        do {
            let records = try memory.load()
            try card.reset()
            return records
        } catch {
            memoryFailed()
            throw MeterError(.memory, name, cause: error)
        }
    }

    /// Goes on with registers, log and clock as they were stored.
    func resume(_ registers: Registers, _ records: [RecordName: [UInt8]]) {
        self.registers = registers
        log.load(records)
        clock.offset = registers.clockOffset
        settingsSeen = clock.settings
    }

    // MARK: Writing

    /// Changes registers, records and element in one commit, together with new events in the log.
    func commit(
        _ next: Registers, also changes: [RecordChange] = [], events: [(EventCode, UInt32)] = [],
        _ change: (inout ElementImage) -> Void = { _ in }
    ) throws(MeterError) {
        guard let element = card.element else {
            memoryFailed()
            throw MeterError(.memory, name)
        }
        var next = next
        var changes = changes
        var eventLog = log.events
        for (code, value) in events {
            let event = EventRecord(time: clock.now, code: code, value: value)
            let record = eventLog.add(event, number: next.events)
            changes.removeAll { $0.name == record.name }
            changes.append(record)
            next.events += 1
        }
        changes.append(next.change)
        do {
            try element.update(also: changes) { image in
                next.moveDebt(to: &image)
                change(&image)
            }
        } catch {
            memoryFailed()
            throw MeterError(.memory, name, cause: error)
        }
        log.events = eventLog
        registers = next
    }

    // MARK: The element's own port

    func resetElement() throws(CardError) {
        do {
            // After a failed write the memory may be ahead of the registers: then all is loaded, or the next commit
            // would mix two states.
            if card.element?.isLost ?? true { try powerUp() } else { try card.reset() }
        } catch {
            memoryFailed()
            throw CardError(.cardUnresponsive, subject: name, cause: error)
        }
    }

    /// Answers a command of the element.
    ///
    /// - Parameter follow: does what the command made necessary; gets the element's state before it. The clock is
    ///   recorded already.
    func answer(
        _ command: [UInt8], then follow: (LifeCycle) throws(MeterError) -> Void
    ) throws(CardError) -> [UInt8] {
        guard !isDown else { throw CardError(.cardUnresponsive, subject: name) }
        let before = card.element?.image.state ?? .blank
        let answer: [UInt8]
        do {
            answer = try card.process(command)
        } catch {
            memoryFailed()
            throw error
        }
        do {
            try recordClock()
            try follow(before)
        } catch {
            throw CardError(.cardUnresponsive, subject: name, cause: error)
        }
        return answer
    }

    // MARK: Time

    /// The open periods' content so far.
    var openRecords: [UsageRecord] {
        UsageBook.series.map { registers.open.content($0, registers.total($0)) }
    }

    /// Closes the periods that are over, and with an hour the marks that no channel showed in it.
    ///
    /// - Returns: whether any was over, so that the registers were written.
    @discardableResult func closePeriods(_ now: Timestamp) throws(MeterError) -> Bool {
        guard !registers.open.contain(now) else { return false }
        var next = registers
        var book = log.book
        let endsHour = !registers.open[.hours].contains(now)
        let changes = next.open.close(at: now, in: &book, calendar) { [registers] in registers.total($0) }
        let events = endsHour ? next.marks.endHour(of: &hourlyMarks) : []
        try commit(next, also: changes, events: events)
        log.book = book
        return true
    }

    /// A lost clock continues from the last known time and reports that the time is unknown, until the host sets it.
    func followCrystal() throws(MeterError) {
        guard let crystal, crystal.hasStopped else { return }
        let known = max(
            registers.open[.quarterHours].start, registers.open[.hours].start,
            log.events.newest ?? Timestamp(rawValue: 0))
        guard !registers.isTimeUnknown || clock.now < known else { return }
        var next = registers
        next.isTimeUnknown = true
        next.clockOffset = Int64(known.rawValue) - Int64(crystal.seconds)
        clock.offset = next.clockOffset
        try commit(next, events: registers.isTimeUnknown ? [] : [(.clockLost, known.rawValue)])
    }

    /// Records the clock after a command that may have set it.
    func recordClock() throws(MeterError) {
        // A lost clock may be set to the time that it already shows.
        let wasSet = clock.settings != settingsSeen
        settingsSeen = clock.settings
        guard clock.offset != registers.clockOffset || wasSet && registers.isTimeUnknown else { return }
        var next = registers
        let before = Int64(clock.now.rawValue) - clock.offset + registers.clockOffset
        next.clockOffset = clock.offset
        next.isTimeUnknown = false
        crystal?.restart()
        try commitClock(next, events: [(.clockSet, UInt32(clamping: before))])
    }

    // MARK: Measurement

    /// Reports a channel whose energy is negative, as after the reset of a metering chip.
    func requireNotNegative(_ imported: [Energy], _ exported: [Energy]) throws(MeterError) {
        for channel in imported.indices {
            guard min(imported[channel], exported.isEmpty ? .zero : exported[channel]) < .zero else { continue }
            throw MeterError(.negativeEnergy, "\(name), channel \(channel + 1)")
        }
    }

    /// A channel that carries more than its converters can tell is an event: what was counted is too little.
    ///
    /// - Parameter readings: of each channel; nil where there is none.
    func checkRange(_ readings: [ChannelReading?]) throws(MeterError) {
        var marks = ChannelMarks()
        for (index, reading) in readings.enumerated() where reading?.isClipped == true {
            marks.exceeded |= 1 << UInt8(index)
        }
        try mark(marks)
    }

    func mark(_ marks: ChannelMarks) throws(MeterError) {
        guard !isDown, marks != ChannelMarks() else { return }
        hourlyMarks.unite(marks)
        var next = registers
        let events = next.marks.update(marks)
        if !events.isEmpty { try commit(next, events: events) }
    }

    /// Milliseconds until the next minute of its own clock, 1 to 60,000.
    ///
    /// - Parameter millisecond: elapsed in the clock's current second, 0 to 999.
    func untilMinute(millisecond: Int64) -> Int64 {
        let minute: Int64 = 60_000
        return minute - (Int64(clock.now.rawValue) * 1000 + millisecond) % minute
    }
}
