extension SupplyRules {
    /// The encoded form, at most 2,000 bytes; the same rules always have the same.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(object: 0x80, id)
        bytes.append(object: 0x81, effective.rawValue)
        bytes.append(object: 0x82, currency.rawValue)
        if let zone { bytes.append(object: 0x83, zone.value) }
        if !holidays.isEmpty || hasEmptyHolidayList { bytes.append(object: 0x84, holidays.flatMap(\.value)) }
        for season in seasons { bytes.append(object: 0xA5, season.value) }
        for profile in profiles { bytes.append(object: 0xA6, profile.value) }
        for rate in rates { bytes.append(object: 0xA7, rate.value) }
        for source in sources { bytes.append(object: 0xA8, source.value) }
        for block in blocks { bytes.append(object: 0xA9, block.value) }
        if let standingCharge { bytes.append(object: 0x8A, standingCharge.value) }
        if let debtShare { bytes.append(object: 0x8B, debtShare) }
        if let credit { bytes.append(object: 0xAC, credit.value) }
        return bytes
    }
}

extension SupplyRules.Zone {
    fileprivate var value: [UInt8] {
        var value: [UInt8] = []
        value.append(bigEndian: offset)
        if let summer {
            value.append(bigEndian: summer.shift)
            for moment in [summer.first, summer.last] {
                value += [moment.month, moment.week, moment.weekday]
                value.append(bigEndian: moment.minute)
            }
        }
        return value
    }
}

extension SupplyRules.Holiday {
    fileprivate var value: [UInt8] {
        var value = [month, day]
        value.append(bigEndian: year ?? 0)
        return value
    }
}

extension SupplyRules.Season {
    fileprivate var value: [UInt8] {
        var value: [UInt8] = []
        value.append(object: 0x80, [month, day])
        value.append(object: 0x81, profiles)
        return value
    }
}

extension SupplyRules.DayProfile {
    fileprivate var value: [UInt8] {
        var list: [UInt8] = []
        for entry in entries {
            list.append(bigEndian: entry.minute)
            list.append(entry.rate)
        }
        var value: [UInt8] = []
        value.append(object: 0x80, number)
        value.append(object: 0x81, list)
        return value
    }
}

extension SupplyRules.Rate {
    fileprivate var value: [UInt8] {
        var value: [UInt8] = []
        value.append(object: 0x80, number)
        value.append(object: 0x81, percent)
        return value
    }
}

extension SupplyRules.Source {
    fileprivate var value: [UInt8] {
        var value: [UInt8] = []
        value.append(object: 0x80, channel)
        value.append(object: 0x81, price.rawValue)
        if let priceGivenBack { value.append(object: 0x82, priceGivenBack.rawValue) }
        return value
    }
}

extension SupplyRules.Block {
    fileprivate var value: [UInt8] {
        var value: [UInt8] = []
        value.append(object: 0x80, above)
        value.append(object: 0x81, percent)
        return value
    }
}

extension SupplyRules.StandingCharge {
    fileprivate var value: [UInt8] {
        var value: [UInt8] = []
        value.append(bigEndian: amount.rawValue)
        value.append(period.rawValue)
        return value
    }
}

extension SupplyRules.CreditTerms {
    fileprivate var value: [UInt8] {
        var value: [UInt8] = []
        value.append(object: 0x80, emergency.rawValue)
        value.append(object: 0x81, warningBelow.rawValue)
        if !friendlyTimes.isEmpty {
            var list: [UInt8] = []
            for time in friendlyTimes {
                list.append(time.days)
                list.append(bigEndian: time.from)
                list.append(bigEndian: time.to)
            }
            value.append(object: 0x82, list)
        }
        if returnsByKey { value.append(object: 0x83, 1 as UInt8) }
        if let limit { value.append(object: 0x84, limit) }
        return value
    }
}
