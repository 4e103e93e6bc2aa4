import Records
import ValueProtocol

extension Trial {
    func checkEvents() throws {
        let store = try opened()
        let meter = meter(1)
        func event(_ time: UInt32, _ code: UInt16, _ value: UInt32 = 0) -> EventRecord {
            EventRecord(time: at(time), codeNumber: code, value: value)
        }
        // In one second: not in the order of codes, one of them three times, and codes that are not known here.
        let second = [
            event(100, 0x0500, 2), event(100, 0x0101), event(100, 0x0500, 2), event(100, 0x0500, 1),
            event(100, 0x0500, 2), event(100, 0xFFFF, .max),
        ]
        let first = [event(90, 0x0201)] + second
        try equal(try store.record(first, of: meter, at: at(1_000)), first, "the new ones of the first events")
        for store in [store, try opened()] {
            let none = try leaves(store, "the same events once more") {
                try store.record(first, of: meter, at: at(1_001))
            }
            try equal(none, [], "the new ones of events that are known")
        }
        // Read again from the last second on, in which there was one more.
        let later = second + [event(100, 0x0101), event(101, 0x0101), event(4_000_000_000, 0x0102)]
        let new = Array(later.suffix(3))
        try equal(
            try store.record(later, of: meter, at: at(1_002)), new, "the new ones of events read from a second on")
        // After the clock was set back.
        let earlier = event(95, 0x0102)
        try equal(try store.record([earlier], of: meter, at: at(1_003)), [earlier], "a new event with an earlier time")
        let all = [first[0], earlier] + second + new
        for store in [store, try opened()] {
            try equal(try store.events(of: meter), all, "the events, oldest first, and in one second as they came")
            for (from, to) in [(90, 90), (91, 99), (95, 100), (101, UInt32.max), (100, 95)] as [(UInt32, UInt32)] {
                let expected = all.filter { at(from) <= $0.time && $0.time <= at(to) }
                try equal(
                    try store.events(of: meter, from: at(from), to: at(to)), expected, "events from \(from) to \(to)")
            }
            try equal(try store.events(of: self.meter(2)), [], "events of another meter")
        }
        try equal(try store.record(first, of: self.meter(2), at: at(1_004)), first, "the same events of another meter")
        try equal(try store.record([], of: meter, at: at(1_005)), [], "no events")
        try keeps(store)
    }

    func checkClocks() throws {
        let store = try opened()
        let (meter, day) = (meter(1), UInt32(86_400))
        try equal(try store.clocks(of: meter), [], "clocks of an unknown meter")
        try store.recordClock(at(500), of: meter, at: at(1_000))
        let number = try store.beginSettingClock(to: at(1_001), of: meter, at: at(1_001))
        var expected = [
            ClockRecord(time: at(1_000), clock: at(500), target: nil),
            ClockRecord(time: at(1_001), clock: nil, target: at(1_001)),
        ]
        try equal(try opened().clocks(of: meter), expected, "the clocks while no answer of the setting arrived")
        _ = try store.beginSettingClock(to: at(7), of: self.meter(2), at: at(1_002))
        let second = try store.beginSettingClock(to: at(900), of: meter, at: at(900))
        try require(second != number, "two settings of a clock have the number \(number)")
        try store.endSettingClock(number, of: meter, before: at(501))
        expected[1] = ClockRecord(time: at(1_001), clock: at(501), target: at(1_001))
        expected.append(ClockRecord(time: at(900), clock: nil, target: at(900)))
        for store in [store, try opened()] {
            try equal(try store.clocks(of: meter), expected, "the clocks in the order in which they were recorded")
            let other = ClockRecord(time: at(1_002), clock: nil, target: at(7))
            try equal(try store.clocks(of: self.meter(2)), [other], "the clocks of another meter")
        }

        let noon = 20_000 * day + day / 2
        func starts(_ hours: UInt32, _ events: UInt32, _ what: String) throws {
            for store in [store, try opened()] {
                let found = [try store.readingStart(.hours, of: meter), try store.readingStart(.events, of: meter)]
                try equal(found, [at(hours), at(events)], "where hours and events are read from, \(what)")
            }
        }
        try starts(0, 0, "before any reading")
        let hours = [noon - 3 * day, noon].map { UsageRecord(start: at($0), quantity: 1, spent: .zero) }
        _ = try store.record([hours[0]], .hours, of: meter, at: at(1))
        try store.recordReading(upTo: at(noon), of: meter)
        try starts(noon - 3 * day, noon - day, "where the newest record is older than a day")
        _ = try store.record([hours[1]], .hours, of: meter, at: at(2))
        try starts(noon - day, noon - day, "a day before the clock at the last reading")
        _ = try store.beginSettingClock(to: at(noon + 60), of: meter, at: at(3))
        try starts(noon - day, noon - day, "after the clock was set ahead")
        _ = try store.beginSettingClock(to: at(noon - 2 * day), of: meter, at: at(4))
        try starts(noon - 3 * day, noon - 3 * day, "after the clock was set back by two days")
        try store.recordReading(upTo: at(100), of: meter)
        try starts(0, 0, "where the clock at the last reading was in the first day")
        try keeps(store)
    }

    func checkMeterStatus() throws {
        let store = try opened()
        let meter = meter(1)
        func report(_ nt: UInt32, _ time: UInt32, _ bytes: [UInt8], of meter: PartyID) -> MeterStatusRecord {
            MeterStatusRecord(service: .gas, meter: meter, nt: nt, time: at(time), status: bytes)
        }
        let longest = [UInt8](repeating: 0xA5, count: MeterStatusRecord.maxStatusBytes)
        let first = [report(3, 300, longest, of: meter), report(1, 100, [], of: meter)]
        let other = report(3, 50, [0x83, 1, 0], of: self.meter(2))
        try equal(
            try store.record(first + [other], from: card(1), at: at(1_000)), first + [other],
            "the new ones of the first")
        let changed = report(3, 999, [1], of: meter)
        let next = report(4, 200, [0], of: meter)
        try equal(
            try store.record([changed, next], from: card(1), at: at(1_001)), [next],
            "the new ones, where one has the NT of an earlier one")
        let through = report(3, 250, [2], of: meter)
        try equal(
            try store.record([through], from: card(2), at: at(1_002)), [through],
            "a report with the same NT of another card")
        for store in [store, try opened()] {
            try equal(
                try store.meterStatus(of: meter), [first[1], next, through, first[0]],
                "the reports of the meter through any card, oldest first")
            try equal(try store.meterStatus(of: self.meter(2)), [other], "the reports of another meter")
            try equal(try store.meterStatus(of: self.meter(3)), [], "the reports of an unknown meter")
        }
        let none = try leaves(store, "reports that are known") { try store.record(first, from: card(1), at: at(1_003)) }
        try equal(none, [], "the new ones of reports that are known")
        try keeps(store)
    }
}
