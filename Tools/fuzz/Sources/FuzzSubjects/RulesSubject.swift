import ValueProtocol

/// Supply rules: bytes are refused with a field, or are the only form of rules by which any moment can be priced.
enum RulesSubject {
    static func check(_ bytes: [UInt8]) throws(BrokenProperty) {
        let rules: SupplyRules
        do throws(SupplyRulesError) { rules = try SupplyRules(bytes) } catch {
            try hold(!error.field.description.isEmpty, "an error names a field")
            try hold(
                (error.code == .outOfRange) == (error.allowed != nil), "a number out of range comes with the range")
            return
        }
        try hold(rules.bytes == bytes, "rules have one form")
        let (schedule, friendly) = (TariffSchedule(rules), FriendlySchedule(rules))
        // The last bytes name a moment, so that the fuzzer reaches any.
        let moment: UInt32 = bytes.suffix(4).reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        for time in [0, 1, moment, moment &+ 1_772_236_800, UInt32.max - 1] {
            try checkMoment(Timestamp(rawValue: time), rules, schedule, friendly)
        }
    }

    private static func checkMoment(
        _ time: Timestamp, _ rules: SupplyRules, _ schedule: TariffSchedule, _ friendly: FriendlySchedule
    ) throws(BrokenProperty) {
        let period = schedule.period(at: time)
        try hold(period.contains(time), "a moment is in its period")
        try hold(rules.localTime(at: time).dayNumber == period.dayNumber, "a period is in one local date")
        try hold(schedule.period(at: period.start) == period, "a period begins with its first second")
        try hold(friendly.period(at: time).contains(time), "a moment is in its period")
        try hold(
            period.percent <= SupplyRules.maxPercent && (1...16).contains(period.rate), "a rate is one of the rules")
        for source in rules.sources {
            guard let prices = ChargeSystem.rules(rules).prices(channel: Int(source.channel), percent: period.percent)
            else { throw BrokenProperty(description: "a source has prices") }
            let quantity = UInt64(time.rawValue)
            let cost = prices.cost(of: quantity, monthQuantity: quantity / 2, after: 999)
            let most = prices.affordable(cost.amount, monthQuantity: quantity / 2, after: 999)
            try hold(most >= quantity, "what a step costs pays for it")
        }
    }
}
