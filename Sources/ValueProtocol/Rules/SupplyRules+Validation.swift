extension SupplyRules {
    /// Checks everything that the order and the lengths of data objects do not say, and the total length.
    func validate() throws(SupplyRulesError) {
        try hold(Int(id), in: 1...0xFFFF, SupplyRulesField(.id))
        try validateZone()
        for (index, holiday) in holidays.enumerated() { try holiday.validate(index) }
        try validateSchedule()
        try validatePrices()
        if let debtShare { try hold(Int(debtShare), in: 0...100, SupplyRulesField(.debtShare)) }
        for (index, time) in (credit?.friendlyTimes ?? []).enumerated() { try time.validate(index) }
        // Before anything is encoded: a length of more than two bytes does not exist there.
        guard profiles.allSatisfy({ $0.entries.count <= 1440 }), holidays.count <= 500,
            (credit?.friendlyTimes.count ?? 0) <= 400, bytes.count <= SupplyRules.maxByteCount
        else { throw SupplyRulesError(.tooLong, SupplyRulesField(.rules)) }
    }

    private func validateZone() throws(SupplyRulesError) {
        guard let zone else { return }
        try hold(Int(zone.offset), in: -840...840, SupplyRulesField(.zone, nil, .offset))
        guard let summer = zone.summer else { return }
        try hold(Int(summer.shift), in: -180...180, SupplyRulesField(.zone, nil, .shift))
        try summer.first.validate(.summerBegin)
        try summer.last.validate(.summerEnd)
        guard summer.first != summer.last else { throw SupplyRulesError(.sameMoment, SupplyRulesField(.summerEnd)) }
    }

    private func validateSchedule() throws(SupplyRulesError) {
        // What is named comes before what names it: two rates of one number are told as that.
        for (index, rate) in rates.enumerated() {
            try hold(Int(rate.number), in: 1...16, SupplyRulesField(.rate, index, .number))
            try hold(Int(rate.percent), in: 0...Int(SupplyRules.maxPercent), SupplyRulesField(.rate, index, .percent))
            guard !rates[..<index].contains(where: { $0.number == rate.number }) else {
                throw SupplyRulesError(.duplicate, SupplyRulesField(.rate, index, .number))
            }
        }
        for (index, profile) in profiles.enumerated() {
            try profile.validate(index)
            guard !profiles[..<index].contains(where: { $0.number == profile.number }) else {
                throw SupplyRulesError(.duplicate, SupplyRulesField(.profile, index, .number))
            }
            for (entry, item) in profile.entries.enumerated() where !rates.contains(where: { $0.number == item.rate }) {
                throw SupplyRulesError(.noSuchRate, SupplyRulesField(.profile, index, .rate, entry: entry))
            }
        }
        for (index, season) in seasons.enumerated() {
            try season.validate(index, after: index > 0 ? seasons[index - 1] : nil)
            for (entry, number) in season.profiles.enumerated() where !profiles.contains(where: { $0.number == number })
            {
                throw SupplyRulesError(.noSuchProfile, SupplyRulesField(.season, index, .profiles, entry: entry))
            }
        }
    }

    private func validatePrices() throws(SupplyRulesError) {
        guard !sources.isEmpty else { throw SupplyRulesError(.missing, SupplyRulesField(.source)) }
        for (index, source) in sources.enumerated() {
            guard !sources[..<index].contains(where: { $0.channel == source.channel }) else {
                throw SupplyRulesError(.duplicate, SupplyRulesField(.source, index, .channel))
            }
            let prices =
                [(source.price, .price), (source.priceGivenBack, .priceGivenBack)] as [(Amount?, SupplyRulesField.Part)]
            for case (let price?, let part) in prices {
                try hold(
                    Int(clamping: price.rawValue), in: 0...Int(SupplyRules.maxPrice.rawValue),
                    SupplyRulesField(.source, index, part))
            }
        }
        for (index, block) in blocks.enumerated() {
            guard index == 0 || blocks[index - 1].above < block.above else {
                throw SupplyRulesError(.notAscending, SupplyRulesField(.block, index, .above))
            }
            try hold(
                Int(block.percent), in: 0...Int(SupplyRules.maxPercent), SupplyRulesField(.block, index, .percent))
        }
    }
}

private func hold(
    _ number: Int, in allowed: ClosedRange<Int>, _ field: SupplyRulesField
) throws(SupplyRulesError) {
    guard allowed.contains(number) else { throw SupplyRulesError(.outOfRange, field, allowed: allowed) }
}

extension SupplyRules.YearlyMoment {
    fileprivate func validate(_ object: SupplyRulesField.Object) throws(SupplyRulesError) {
        try hold(Int(month), in: 1...12, SupplyRulesField(object, nil, .month))
        try hold(Int(week), in: 1...5, SupplyRulesField(object, nil, .week))
        try hold(Int(weekday), in: 0...6, SupplyRulesField(object, nil, .weekday))
        try hold(Int(minute), in: 0...1439, SupplyRulesField(object, nil, .minute))
    }
}

extension SupplyRules.Holiday {
    fileprivate func validate(_ index: Int) throws(SupplyRulesError) {
        if let year { try hold(Int(year), in: 1...0xFFFF, SupplyRulesField(.holiday, index, .year)) }
        // Every year: a date that exists in a leap year.
        guard CivilDate(year: Int(year ?? 2000), month: Int(month), day: Int(day)) != nil else {
            throw SupplyRulesError(.noSuchDate, SupplyRulesField(.holiday, index, .date))
        }
    }
}

extension SupplyRules.Season {
    fileprivate func validate(_ index: Int, after previous: Self?) throws(SupplyRulesError) {
        let date = SupplyRulesField(.season, index, .date)
        guard CivilDate(year: 2000, month: Int(month), day: Int(day)) != nil else {
            throw SupplyRulesError(.noSuchDate, date)
        }
        if let previous {
            guard (previous.month, previous.day) < (month, day) else { throw SupplyRulesError(.notAscending, date) }
        }
        guard profiles.count == 8 else {
            throw SupplyRulesError(.wrongLength, SupplyRulesField(.season, index, .profiles))
        }
    }
}

extension SupplyRules.DayProfile {
    fileprivate func validate(_ index: Int) throws(SupplyRulesError) {
        guard let first = entries.first else {
            throw SupplyRulesError(.wrongLength, SupplyRulesField(.profile, index, .entries))
        }
        guard first.minute == 0 else {
            throw SupplyRulesError(.notFromMidnight, SupplyRulesField(.profile, index, .minute, entry: 0))
        }
        for (entry, item) in entries.enumerated() {
            let field = SupplyRulesField(.profile, index, .minute, entry: entry)
            try hold(Int(item.minute), in: 0...1439, field)
            guard entry == 0 || entries[entry - 1].minute < item.minute else {
                throw SupplyRulesError(.notAscending, field)
            }
        }
    }
}

extension SupplyRules.FriendlyTime {
    fileprivate func validate(_ index: Int) throws(SupplyRulesError) {
        guard days != 0 else { throw SupplyRulesError(.noDays, SupplyRulesField(.friendlyTime, index, .days)) }
        try hold(Int(from), in: 0...1439, SupplyRulesField(.friendlyTime, index, .from))
        try hold(Int(to), in: 0...1440, SupplyRulesField(.friendlyTime, index, .to))
    }
}
