import Testing
import ValueProtocol

/// Local time by rules, beside what the IANA time zone database says (its transitions, read with Python's zoneinfo).
@Suite struct LocalTimeTests {
    struct Place: CustomStringConvertible {
        let description: String
        let zone: SupplyRules.Zone
        /// From this second on, local time is so many minutes ahead of UTC.
        let transitions: [(time: UInt32, ahead: Int)]

        init(
            _ name: String, _ offset: Int16, shift: Int16, from first: (UInt8, UInt8, UInt16),
            to last: (UInt8, UInt8, UInt16), _ transitions: [(UInt32, Int)]
        ) {
            description = name
            zone = SupplyRules.Zone(
                offset: offset,
                summer: SupplyRules.SummerTime(
                    shift: shift,
                    first: SupplyRules.YearlyMoment(month: first.0, week: first.1, weekday: 6, minute: first.2),
                    last: SupplyRules.YearlyMoment(month: last.0, week: last.1, weekday: 6, minute: last.2)))
            self.transitions = transitions
        }
    }

    static let dublin: [(UInt32, Int)] = [
        (1_767_225_600, 0), (1_774_746_000, 60), (1_792_890_000, 0), (1_806_195_600, 60), (1_824_944_400, 0),
        (1_837_645_200, 60), (1_856_394_000, 0),
    ]
    static let places = [
        Place(
            "Australia/Sydney", 600, shift: 60, from: (10, 1, 120), to: (4, 1, 120),
            [
                (1_767_225_600, 660), (1_775_318_400, 600), (1_791_043_200, 660), (1_806_768_000, 600),
                (1_822_492_800, 660), (1_838_217_600, 600), (1_853_942_400, 660),
            ]),
        Place(
            "America/St_Johns", -210, shift: 60, from: (3, 2, 120), to: (11, 1, 60),
            [
                (1_767_225_600, -210), (1_772_947_800, -150), (1_793_507_400, -210), (1_805_002_200, -150),
                (1_825_561_800, -210), (1_836_451_800, -150), (1_857_011_400, -210),
            ]),
        Place(
            "Australia/Lord_Howe", 630, shift: 30, from: (10, 1, 120), to: (4, 1, 90),
            [
                (1_767_225_600, 660), (1_775_314_800, 630), (1_791_041_400, 660), (1_806_764_400, 630),
                (1_822_491_000, 660), (1_838_214_000, 630), (1_853_940_600, 660),
            ]),
        Place("Europe/Dublin", 0, shift: 60, from: (3, 5, 60), to: (10, 5, 60), dublin),
        Place(
            "Europe/Dublin, whose winter is the exception", 60, shift: -60, from: (10, 5, 120), to: (3, 5, 120), dublin),
    ]

    @Test(arguments: places) func `local time is that of the place, up to the second`(_ place: Place) throws {
        let calendar = SupplyCalendar(zone: place.zone, holidays: [])
        for (index, transition) in place.transitions.enumerated() {
            let end = index + 1 < place.transitions.count ? place.transitions[index + 1].time : transition.time + 86_400
            for time in [transition.time, transition.time + 1, (transition.time / 2 + end / 2), end - 1] {
                let local = calendar.localTime(at: Timestamp(rawValue: time))
                #expect(local.minuteNumber == Int(time) / 60 + transition.ahead, "\(time)")
            }
        }
    }

    @Test func `an hour is repeated in autumn, and tells which it is`() {
        let calendar = SupplyCalendar(zone: Self.places[0].zone, holidays: [])
        // Sydney, 5 April 2026: 02:30 summer time, and 02:30 standard time an hour later.
        let first = calendar.localTime(at: Timestamp(rawValue: 1_775_318_400 - 1800))
        let second = calendar.localTime(at: Timestamp(rawValue: 1_775_318_400 + 1800))
        #expect(first.minute == 150 && second.minute == 150 && first.date == second.date)
        #expect(first.isSummer && !second.isSummer && first.weekday == 6)
    }

    @Test func `before 1970 in local time is the year before`() {
        let calendar = SupplyCalendar(zone: SupplyRules.Zone(offset: -210), holidays: [])
        let local = calendar.localTime(at: Timestamp(rawValue: 0))
        #expect("\(local.date)" == "1969-12-31" && local.minute == 1230 && local.weekday == 2)
    }

    @Test func `the last second of all is a time too`() {
        for place in Self.places {
            let local = SupplyCalendar(zone: place.zone, holidays: []).localTime(at: Timestamp(rawValue: .max))
            #expect(local.date.year == 2106)
        }
    }

    @Test func `a holiday of one year is not one of the next, and 29 February is one in leap years`() throws {
        let calendar = SupplyCalendar(
            zone: nil,
            holidays: [
                SupplyRules.Holiday(month: 4, day: 3, year: 2026), SupplyRules.Holiday(month: 12, day: 25),
                SupplyRules.Holiday(month: 2, day: 29),
            ])
        func isHoliday(_ year: Int, _ month: Int, _ day: Int) throws -> Bool {
            calendar.isHoliday(dayNumber: try #require(CivilDate(year: year, month: month, day: day)).dayNumber)
        }
        #expect(try isHoliday(2026, 4, 3) && !isHoliday(2027, 4, 3) && isHoliday(2027, 12, 25))
        #expect(try isHoliday(2028, 2, 29) && !isHoliday(2027, 2, 28) && !isHoliday(2027, 3, 1))
    }
}
