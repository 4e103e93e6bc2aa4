package import TestSupport
package import ValueProtocol

extension SupplyRules {
    /// Rules of any kind, most of their fields present as often as not.
    ///
    /// - Parameter effective: when they come into force.
    package static func any(
        effective: Timestamp = Timestamp(rawValue: 1_767_225_600), using random: inout SeededGenerator
    ) -> SupplyRules {
        let numbers = Array(1...16 as ClosedRange<UInt8>).shuffled(using: &random)
            .prefix(.random(in: 1...6, using: &random))
        let profileNumbers = Array(0...255 as ClosedRange<UInt8>).shuffled(using: &random)
            .prefix(.random(in: 1...5, using: &random))
        let profiles = profileNumbers.map { DayProfile.any(number: $0, rates: Array(numbers), using: &random) }
        let channels = Array(0...3 as ClosedRange<UInt8>).shuffled(using: &random)
            .prefix(.random(in: 1...3, using: &random))
        do throws(SupplyRulesError) {
            return try SupplyRules(
                id: .random(in: 1...UInt16.max, using: &random), effective: effective,
                currency: Currency(rawValue: [410, 978, 36, 124].randomElement(using: &random) ?? 410),
                zone: maybe(using: &random) { Zone.any(using: &$0) },
                holidays: many(0...8, using: &random) { Holiday.any(using: &$0) },
                seasons: Season.anyYear(profiles: Array(profileNumbers), using: &random), profiles: profiles,
                rates: numbers.map { Rate(number: $0, percent: .random(in: 0...1000, using: &random)) },
                sources: channels.map { Source.any(channel: $0, using: &random) },
                blocks: Set(many(0...4, using: &random) { UInt32.random(in: 0...2_000_000, using: &$0) }).sorted()
                    .map { Block(above: $0, percent: .random(in: 0...1000, using: &random)) },
                standingCharge: maybe(using: &random) { random in
                    StandingCharge(
                        amount: .any(upTo: 50_000_000, using: &random),
                        period: Bool.random(using: &random) ? .day : .month)
                },
                debtShare: maybe(using: &random) { .random(in: 0...100, using: &$0) },
                credit: maybe(using: &random) { CreditTerms.any(using: &$0) })
        } catch {
            preconditionFailure("the generator makes rules that hold: \(error)")
        }
    }
}

private func maybe<Value>(
    using random: inout SeededGenerator, _ make: (inout SeededGenerator) -> Value
) -> Value? { Bool.random(using: &random) ? make(&random) : nil }

private func many<Value>(
    _ count: ClosedRange<Int>, using random: inout SeededGenerator, _ make: (inout SeededGenerator) -> Value
) -> [Value] { (0..<Int.random(in: count, using: &random)).map { _ in make(&random) } }

extension Amount {
    fileprivate static func any(upTo most: UInt64, using random: inout SeededGenerator) -> Amount {
        Amount(rawValue: .random(in: 0...most, using: &random))
    }
}

extension SupplyRules.Zone {
    /// Of the world, and a few that do not exist: summer over the year's end, back to front, and at odd minutes.
    fileprivate static func any(using random: inout SeededGenerator) -> Self {
        let offset = Int16.random(in: -14...14, using: &random) * 60 + [0, 0, 30, 45].randomElement(using: &random)!
        guard Int.random(in: 0...3, using: &random) > 0 else { return Self(offset: min(offset, 840)) }
        let first = SupplyRules.YearlyMoment.any(using: &random)
        var last = SupplyRules.YearlyMoment.any(using: &random)
        // In another month: two moments of one month can be one in some years.
        if last.month == first.month { last.month = first.month % 12 + 1 }
        let shift = [60, 60, 60, 30, -60, 120, 180, -180, 17].randomElement(using: &random)!
        return Self(
            offset: min(offset, 840), summer: SupplyRules.SummerTime(shift: Int16(shift), first: first, last: last))
    }
}

extension SupplyRules.YearlyMoment {
    fileprivate static func any(using random: inout SeededGenerator) -> Self {
        Self(
            month: .random(in: 1...12, using: &random), week: .random(in: 1...5, using: &random),
            weekday: .random(in: 0...6, using: &random),
            minute: [0, 60, 120, 180, 1380, 1439].randomElement(using: &random)!)
    }
}

extension SupplyRules.Holiday {
    fileprivate static func any(using random: inout SeededGenerator) -> Self {
        let date = CivilDate(dayNumber: .random(in: 20_454...22_000, using: &random))
        return Self(
            month: UInt8(date.month), day: UInt8(date.day),
            year: Bool.random(using: &random) ? UInt16(date.year) : nil)
    }
}

extension SupplyRules.Season {
    /// None as often as one in four; now and then one that begins on 29 February.
    fileprivate static func anyYear(profiles: [UInt8], using random: inout SeededGenerator) -> [Self] {
        guard Int.random(in: 0...3, using: &random) > 0 else { return [] }
        // Days of 2028, a leap year; 21,243 is its 29 February.
        var days = Set(many(1...4, using: &random) { Int.random(in: 21_184...21_549, using: &$0) })
        if Int.random(in: 0...3, using: &random) == 0 { days.formUnion([21_243, 21_244]) }
        return days.sorted().map { day in
            let date = CivilDate(dayNumber: day)
            return Self(
                month: UInt8(date.month), day: UInt8(date.day),
                profiles: (0..<8).map { _ in profiles.randomElement(using: &random)! })
        }
    }
}

extension SupplyRules.DayProfile {
    fileprivate static func any(number: UInt8, rates: [UInt8], using random: inout SeededGenerator) -> Self {
        let minutes = Set(many(0...6, using: &random) { UInt16.random(in: 1...1439, using: &$0) } + [0]).sorted()
        return Self(
            number: number, entries: minutes.map { Entry(minute: $0, rate: rates.randomElement(using: &random)!) })
    }
}

extension SupplyRules.Source {
    fileprivate static func any(channel: UInt8, using random: inout SeededGenerator) -> Self {
        let most: UInt64 = Int.random(in: 0...9, using: &random) == 0 ? SupplyRules.maxPrice.rawValue : 2_000_000
        return Self(
            channel: channel, price: .any(upTo: most, using: &random),
            priceGivenBack: maybe(using: &random) { .any(upTo: most, using: &$0) })
    }
}

extension SupplyRules.CreditTerms {
    fileprivate static func any(using random: inout SeededGenerator) -> Self {
        Self(
            emergency: .any(upTo: 10_000_000, using: &random), warningBelow: .any(upTo: 10_000_000, using: &random),
            friendlyTimes: many(0...4, using: &random) { random in
                SupplyRules.FriendlyTime(
                    days: .random(in: 1...255, using: &random), from: .random(in: 0...1439, using: &random),
                    to: .random(in: 0...1440, using: &random))
            }, returnsByKey: .random(using: &random),
            limit: maybe(using: &random) { .random(in: 0...20_000, using: &$0) })
    }
}
