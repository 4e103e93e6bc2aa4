internal import ValueElement
internal import ValueProtocol

extension ElectricMeter {
    /// Reads the clock and the sensors: closes the periods that have ended, sets the current rate, and decides about
    /// supply.
    ///
    /// Call it at least at the start of every minute, when rates and friendly credit change.
    ///
    /// - Throws: `MeterError` `.memory`.
    public func tick() throws(MeterError) {
        try askCrystal()
        let now = parts.clock.now
        try closePeriods(now)
        let moment = configuration.calendar.moment(at: now)
        var tariff = image?.currentTariff
        if let next = image?.nextTariff, next.effective <= now { tariff = next }
        rate = UseRate.ofEnergy(
            price: tariff?.table.price ?? configuration.price,
            percent: registers.isTimeUnknown ? 100 : tariff?.table.percent(at: moment) ?? 100,
            anglePercent: rate.anglePercent)
        try endPauses(now)
        try decide(now)
        try watch()
    }

    /// A lost clock continues from the last known time and reports that the time is unknown. Until the host sets the
    /// clock, energy costs the base price, and there are no friendly hours.
    private func askCrystal() throws(MeterError) {
        guard let crystal = parts.crystal, crystal.hasStopped else { return }
        let known = max(
            registers.open(.quarterHours).start, registers.open(.hours).start,
            log.events.newest ?? Timestamp(rawValue: 0))
        guard !registers.isTimeUnknown || parts.clock.now < known else { return }
        var next = registers
        next.isTimeUnknown = true
        next.clockOffset = Int64(known.rawValue) - Int64(crystal.seconds)
        parts.clock.offset = next.clockOffset
        try commit(next, events: registers.isTimeUnknown ? [] : [(.clockLost, known.rawValue)])
    }

    // MARK: Periods

    /// The open periods' content so far.
    var openRecords: [UsageRecord] {
        UsageBook.series.map { registers.content($0) }
    }

    /// Closes the periods that do not contain `now`, and opens those that do. Setting the clock back does the same: a
    /// period with the same start is then added to.
    private func closePeriods(_ now: Timestamp) throws(MeterError) {
        // Every other period ends with a quarter hour.
        guard !registers.open(.quarterHours).contains(now) else { return }
        var next = registers
        var book = log.book
        var changes: [RecordChange] = []
        for (index, series) in UsageBook.series.enumerated() {
            let open = registers.open[index]
            guard !open.contains(now) else { continue }
            let content = registers.content(series)
            // Before the first tick nothing was open.
            if open.end > open.start, UsageBook.keeps(content, of: series) {
                changes.append(book.close(series, content, configuration.calendar))
            }
            let period = configuration.calendar.period(series, at: now)
            let total = registers.total(series)
            next.open[index] = ElectricRegisters.OpenPeriod(
                start: period.lowerBound, end: period.upperBound, wattHours: total.wattHours, spent: total.spent)
        }
        let endsHour = !registers.open(.hours).contains(now)
        let events = endsHour ? next.watch.endHour(of: &hourlyFlow) : []
        try commit(next, also: changes, events: events)
        log.book = book
    }

    // MARK: Supply

    func situation(isMemoryLost: Bool = false, at now: Timestamp? = nil) -> SupplyDecision.Situation {
        let balance = purse?.balance.rawValue ?? 0
        var situation = SupplyDecision.Situation(
            state: image?.state ?? .blank, value: Amount(rawValue: balance &+ registers.remaining.rawValue),
            emergencyUsed: registers.emergencyUsed,
            hasAskedForEmergency: registers.hasAskedForEmergency,
            isFriendly: registers.isTimeUnknown
                ? false : now.map { configuration.calendar.isFriendly(configuration.rules.friendly, at: $0) } ?? false,
            wasOn: registers.isOn)
        situation.isFree = rate.isFree
        situation.isTampered = registers.watch.isSealBroken && configuration.rules.cutsWhenTampered
        situation.isMemoryLost = isMemoryLost || card.element?.isLost ?? true
        return situation
    }

    /// Decides about supply and sets the relays; a change is recorded with its reason.
    func decide(_ now: Timestamp) throws(MeterError) {
        let decided = SupplyDecision(situation(at: now), configuration.rules)
        if decided.isOn != registers.isOn || decided.reason != registers.reason {
            var next = registers
            next.isOn = decided.isOn
            next.reason = decided.reason
            let code: EventCode =
                decided.isOn == registers.isOn ? .supplyReason : decided.isOn ? .supplyOn : .supplyOff
            // That the reason is another is not known where none was recorded.
            let isKnown = decided.isOn != registers.isOn || registers.reason != nil
            try commit(next, events: isKnown ? [(code, UInt32(decided.reason.rawValue))] : [])
        }
        decision = decided
        follow()
    }
}
