extension SupplyRules {
    /// Parses the encoded form (protocol §10): exactly one set of rules, in the only form that it has.
    ///
    /// - Parameter bytes: at most 2,000.
    /// - Throws: `SupplyRulesError`, with the field that is wrong.
    public init(_ bytes: [UInt8]) throws(SupplyRulesError) {
        guard bytes.count <= SupplyRules.maxByteCount else {
            throw SupplyRulesError(.tooLong, SupplyRulesField(.rules))
        }
        var cursor = RulesCursor(bytes)
        let id: UInt16 = try cursor.expectNumber(0x80, SupplyRulesField(.id))
        let effective: UInt32 = try cursor.expectNumber(0x81, SupplyRulesField(.effective))
        let currency: UInt16 = try cursor.expectNumber(0x82, SupplyRulesField(.currency))
        let zone = try Zone(from: &cursor)
        let holidays = try Holiday.list(from: &cursor)
        let seasons = try cursor.list(0xA5, .season, Season.init(from:_:))
        let profiles = try cursor.list(0xA6, .profile, DayProfile.init(from:_:))
        let rates = try cursor.list(0xA7, .rate, Rate.init(from:_:))
        let sources = try cursor.list(0xA8, .source, Source.init(from:_:))
        let blocks = try cursor.list(0xA9, .block, Block.init(from:_:))
        let standingCharge = try StandingCharge(from: &cursor)
        let debtShare: UInt8? = try cursor.nextNumber(0x8B, SupplyRulesField(.debtShare))
        let credit = try CreditTerms(from: &cursor)
        try cursor.finish(SupplyRulesField(.rules))
        try self.init(
            id: id, effective: Timestamp(rawValue: effective), currency: Currency(rawValue: currency), zone: zone,
            holidays: holidays ?? [], seasons: seasons, profiles: profiles, rates: rates, sources: sources,
            blocks: blocks, standingCharge: standingCharge, debtShare: debtShare, credit: credit,
            hasEmptyHolidayList: holidays?.isEmpty ?? false)
    }
}

extension RulesCursor {
    /// All objects of this tag that follow each other.
    fileprivate mutating func list<Item>(
        _ tag: UInt8, _ object: SupplyRulesField.Object,
        _ parse: (inout RulesCursor, Int) throws(SupplyRulesError) -> Item
    ) throws(SupplyRulesError) -> [Item] {
        var items: [Item] = []
        while var value = try next(tag, SupplyRulesField(object, items.count)) {
            items.append(try parse(&value, items.count))
            try value.finish(SupplyRulesField(object, items.count - 1))
        }
        return items
    }
}

extension SupplyRules.Zone {
    fileprivate init?(from cursor: inout RulesCursor) throws(SupplyRulesError) {
        let field = SupplyRulesField(.zone)
        guard var value = try cursor.next(0x83, field) else { return nil }
        guard value.count == 2 || value.count == 14 else { throw SupplyRulesError(.wrongLength, field) }
        offset = value.read()
        summer =
            value.isFinished
            ? nil
            : SupplyRules.SummerTime(
                shift: value.read(), first: SupplyRules.YearlyMoment(from: &value),
                last: SupplyRules.YearlyMoment(from: &value))
    }
}

extension SupplyRules.YearlyMoment {
    fileprivate init(from value: inout RulesCursor) {
        (month, week, weekday, minute) = (value.read(), value.read(), value.read(), value.read())
    }
}

extension SupplyRules.Holiday {
    /// Nil where there is no object; it may be there and have none.
    fileprivate static func list(from cursor: inout RulesCursor) throws(SupplyRulesError) -> [Self]? {
        guard var value = try cursor.next(0x84, SupplyRulesField(.holiday)) else { return nil }
        guard value.count.isMultiple(of: 4) else { throw SupplyRulesError(.wrongLength, SupplyRulesField(.holiday)) }
        var holidays: [Self] = []
        while !value.isFinished {
            let (month, day, year) = (value.read(UInt8.self), value.read(UInt8.self), value.read(UInt16.self))
            holidays.append(Self(month: month, day: day, year: year == 0 ? nil : year))
        }
        return holidays
    }
}

extension SupplyRules.Season {
    fileprivate init(from value: inout RulesCursor, _ index: Int) throws(SupplyRulesError) {
        let date: UInt16 = try value.expectNumber(0x80, SupplyRulesField(.season, index, .date))
        (month, day) = (UInt8(date >> 8), UInt8(truncatingIfNeeded: date))
        var numbers = try value.expect(0x81, SupplyRulesField(.season, index, .profiles))
        profiles = []
        while !numbers.isFinished { profiles.append(numbers.read()) }
    }
}

extension SupplyRules.DayProfile {
    fileprivate init(from value: inout RulesCursor, _ index: Int) throws(SupplyRulesError) {
        number = try value.expectNumber(0x80, SupplyRulesField(.profile, index, .number))
        let field = SupplyRulesField(.profile, index, .entries)
        var list = try value.expect(0x81, field)
        guard list.count.isMultiple(of: 3) else { throw SupplyRulesError(.wrongLength, field) }
        entries = []
        while !list.isFinished { entries.append(Entry(minute: list.read(), rate: list.read())) }
    }
}

extension SupplyRules.Rate {
    fileprivate init(from value: inout RulesCursor, _ index: Int) throws(SupplyRulesError) {
        number = try value.expectNumber(0x80, SupplyRulesField(.rate, index, .number))
        percent = try value.expectNumber(0x81, SupplyRulesField(.rate, index, .percent))
    }
}

extension SupplyRules.Source {
    fileprivate init(from value: inout RulesCursor, _ index: Int) throws(SupplyRulesError) {
        channel = try value.expectNumber(0x80, SupplyRulesField(.source, index, .channel))
        price = Amount(rawValue: try value.expectNumber(0x81, SupplyRulesField(.source, index, .price)))
        let field = SupplyRulesField(.source, index, .priceGivenBack)
        priceGivenBack = try value.nextNumber(0x82, field).map(Amount.init(rawValue:))
    }
}

extension SupplyRules.Block {
    fileprivate init(from value: inout RulesCursor, _ index: Int) throws(SupplyRulesError) {
        above = try value.expectNumber(0x80, SupplyRulesField(.block, index, .above))
        percent = try value.expectNumber(0x81, SupplyRulesField(.block, index, .percent))
    }
}

extension SupplyRules.StandingCharge {
    fileprivate init?(from cursor: inout RulesCursor) throws(SupplyRulesError) {
        let field = SupplyRulesField(.standingCharge)
        guard var value = try cursor.next(0x8A, field) else { return nil }
        guard value.count == 9 else { throw SupplyRulesError(.wrongLength, field) }
        amount = Amount(rawValue: value.read())
        guard let period = Period(rawValue: value.read()) else {
            throw SupplyRulesError(.outOfRange, SupplyRulesField(.standingCharge, nil, .period), allowed: 1...2)
        }
        self.period = period
    }
}

extension SupplyRules.CreditTerms {
    fileprivate init?(from cursor: inout RulesCursor) throws(SupplyRulesError) {
        let field = SupplyRulesField(.credit)
        guard var value = try cursor.next(0xAC, field) else { return nil }
        emergency = Amount(rawValue: try value.expectNumber(0x80, SupplyRulesField(.credit, nil, .emergency)))
        warningBelow = Amount(rawValue: try value.expectNumber(0x81, SupplyRulesField(.credit, nil, .warningBelow)))
        friendlyTimes = try Self.friendlyTimes(from: &value)
        let key = SupplyRulesField(.credit, nil, .returnsByKey)
        let flag: UInt8? = try value.nextNumber(0x83, key)
        guard flag == nil || flag == 1 else { throw SupplyRulesError(.outOfRange, key, allowed: 1...1) }
        returnsByKey = flag != nil
        limit = try value.nextNumber(0x84, SupplyRulesField(.credit, nil, .limit))
        try value.finish(field)
    }

    private static func friendlyTimes(
        from cursor: inout RulesCursor
    ) throws(SupplyRulesError) -> [SupplyRules.FriendlyTime] {
        let field = SupplyRulesField(.credit, nil, .friendlyTimes)
        guard var value = try cursor.next(0x82, field) else { return [] }
        // An object without any would say what none says.
        guard value.count > 0, value.count.isMultiple(of: 5) else { throw SupplyRulesError(.wrongLength, field) }
        var times: [SupplyRules.FriendlyTime] = []
        while !value.isFinished {
            times.append(SupplyRules.FriendlyTime(days: value.read(), from: value.read(), to: value.read()))
        }
        return times
    }
}
