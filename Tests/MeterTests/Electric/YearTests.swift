import Foundation
import Meter
import Metrology
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A household's year, or a month of it: `VALUESTORE_CAMPAIGN=1` in the environment runs the year.
@Suite struct YearTests {
    static let isCampaign = ProcessInfo.processInfo.environment["VALUESTORE_CAMPAIGN"] != nil

    static let tariff = TariffTable(
        id: 1, price: Amount(rawValue: 273_519), currency: ElectricWorld.currency,
        entries: [
            TariffTable.Entry(days: 0x1F, minute: 0, percent: 75),
            TariffTable.Entry(days: 0x1F, minute: 420, percent: 150),
            TariffTable.Entry(days: 0x1F, minute: 1260, percent: 100),
            TariffTable.Entry(days: 0x60, minute: 0, percent: 50),
        ].compactMap { $0 })

    /// The test's own count of use and of its exact cost, in parts of 3.6 × 10¹⁶ of a micro-unit.
    struct Truth {
        /// µJ used so far, and the cost, after each step since the last cut.
        var steps: [(used: Int128, cost: UInt128)] = [(0, 0)]

        mutating func use(_ energy: Int128, price: UInt64, percent: UInt16) {
            guard energy > 0, let last = steps.last else { return }
            // A kWh costs whole micro-units.
            let perKWh = UInt128(price) * UInt128(percent) / 100
            steps.append((last.used + energy, last.cost + UInt128(energy) * perKWh * 10_000))
        }

        /// After a cut only the recorded use is known.
        mutating func cut(to used: Int128) -> UInt128 {
            guard let last = steps.last else { return 0 }
            while let step = steps.last, step.used > used { steps.removeLast() }
            guard let before = steps.last else { return 0 }
            // Within a step use and cost grow together.
            let rate = used > before.used ? (last.cost - before.cost) / UInt128(last.used - before.used) : 0
            let cost = before.cost + rate * UInt128(used - before.used)
            steps = [(used, cost)]
            return last.cost - cost
        }

        /// Only the last steps can be lost in a cut: older ones are dropped.
        mutating func forget() { if steps.count > 4_000 { steps.removeFirst(2_000) } }
    }

    @Test func `energy times rates is value spent`() throws {
        let days = Self.isCampaign ? 365 : 31
        let cuts = Self.isCampaign ? 1_000 : 100
        let calendar = LocalCalendar(offset: 60, holidays: [.yearly(month: 1, day: 6)])
        let world = try ElectricWorld(
            value: 5_000_000_000,
            ElectricConfiguration(
                price: Amount(rawValue: 1), calendar: calendar, rules: CreditRules(token: Amount(rawValue: 100_000))),
            tariff: Self.tariff)
        var random = SeededGenerator(seed: 20_260_105)
        var truth = Truth()
        var lost: UInt128 = 0
        var forfeited: UInt64 = 0
        var done = 0
        let minutes = days * 1440
        var nextCut = Int(random.next() % UInt64(2 * minutes / cuts))
        for minute in 0..<minutes {
            if minute == nextCut {
                // Every token and every hour causes a write: power is cut at one of the next few.
                world.power.cutPower(
                    atWrite: Int(random.next() % 3) + 1,
                    keeping: FailureSwitch.Portion.allCases[Int(random.next() % 3)])
                nextCut = .max
            }
            // More in the evening.
            let isEvening = (1020..<1380).contains(minute % 1440)
            let watts = (isEvening ? 900 : 180) + Int64(random.next() % 700)
            let before = world.meter.reading
            do {
                try world.minute(watts: watts)
                let now = world.meter.reading
                truth.use(
                    now.imported[0].microjoules - before.imported[0].microjoules, price: now.price.rawValue,
                    percent: now.percent)
            } catch {
                #expect(error as? MeterError == MeterError(.memory, ""))
                // The test knows the use up to the cut, the memory only part of it.
                let now = world.meter.reading
                truth.use(
                    now.imported[0].microjoules - before.imported[0].microjoules, price: now.price.rawValue,
                    percent: now.percent)
                try world.powerUp()
                done += 1
                lost += truth.cut(to: world.meter.reading.imported[0].microjoules)
                forfeited = world.meter.reading.forfeited.rawValue
                let apart = 2 * max(1, (minutes - minute) / max(1, cuts - done))
                nextCut = minute + 1 + Int(random.next() % UInt64(apart))
                world.time = ElectricWorld.monday + UInt32(minute + 1) * 60
            }
            truth.forget()
            if minute % 997 == 0 { #expect(world.isBalanced) }
        }
        let reading = world.meter.reading
        #expect(world.isBalanced)
        #expect(done > cuts / 2)
        #expect(reading.drawn.rawValue == 5_000_000_000 - (reading.purse?.balance.rawValue ?? 0))
        // Energy × rates, to the micro-unit.
        let cost = try #require(truth.steps.last).cost / 36_000_000_000_000_000
        #expect(reading.spent.rawValue == UInt64(cost))
        // No cut gave value away, and none lost more than a token.
        #expect(lost / 36_000_000_000_000_000 <= UInt128(forfeited) + UInt128(done))
        #expect(forfeited <= UInt64(done) * 100_000)
        #expect(forfeited > 0)
        // Records add up, in every series.
        for series in [UsageSeries.hours, .days, .weeks, .months] {
            let records = world.usage(series)
            #expect(records.reduce(0) { $0 + $1.spent } == reading.spent.rawValue, "\(series)")
            #expect(
                records.reduce(0) { $0 + UInt64($1.quantity) }
                    == UInt64(reading.imported[0].microjoules / Energy.microjoulesPerWattHour), "\(series)")
            #expect(zip(records, records.dropFirst()).allSatisfy { $0.start < $1.start })
        }
        #expect(world.usage(.hours).count == days * 24 + 1 || world.usage(.hours).count == days * 24)
    }
}
