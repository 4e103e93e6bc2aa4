import CardCrypto
import Meter
import Metrology
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// Records of quarter hours, of use and of energy given back.
@Suite struct QuarterHourTests {
    private static func configuration(
        _ reversal: ElectricConfiguration.Reversal = .marked, offset: Int16 = 60
    ) -> ElectricConfiguration {
        ElectricConfiguration(
            price: Amount(rawValue: 200_000), calendar: LocalCalendar(offset: offset),
            rules: CreditRules(token: Amount(rawValue: 1_000_000)), reversal: reversal)
    }

    private func sum(_ records: [(start: UInt32, quantity: UInt32, spent: UInt64)]) -> (UInt64, UInt64) {
        records.reduce((0, 0)) { ($0.0 + UInt64($1.quantity), $0.1 + $1.spent) }
    }

    /// After 50 days the quarter hours of the last 40 are there without a gap, in memory too, and they add up to the
    /// hours.
    @Test(arguments: [60, -210, 765] as [Int16]) func `quarter hours are kept for 40 days`(offset: Int16) throws {
        let world = try ElectricWorld(value: 5_000_000_000, Self.configuration(offset: offset))
        var random = SeededGenerator(seed: UInt64(bitPattern: Int64(offset)))
        for _ in 0..<(50 * 96) {
            try world.minute(watts: Int64(random.next() % 60_000))
            world.time += 840
        }
        try world.minute(watts: 0)
        try world.powerUp()
        let from = world.time - 40 * 86_400
        let quarters = world.usage(.quarterHours).filter { $0.start + 900 > from }
        #expect(quarters.count >= 40 * 96)
        #expect(zip(quarters, quarters.dropFirst()).filter { $1.start != $0.start + 900 }.isEmpty)
        let hours = world.usage(.hours).filter { $0.start >= quarters[0].start }
        let inHours = quarters.filter { $0.start >= hours[0].start }
        #expect(sum(hours) == sum(inHours) && sum(hours).0 > 0)
        #expect(world.usage(.hours).count >= 50 * 24)
    }

    /// Energy given back is recorded where there was any, and adds up; it is not use.
    @Test func `energy given back has records of its own`() throws {
        let world = try ElectricWorld(value: 5_000_000_000, Self.configuration(.fedIn))
        let wattHour = Energy.microjoulesPerWattHour
        for quarter in 0..<(3 * 96) {
            try world.meter.tick()
            let isSunny = (40..<60).contains(quarter % 96)
            try world.meter.count(
                [Energy(microjoules: isSunny ? 0 : 50 * wattHour)],
                exported: [Energy(microjoules: isSunny ? 125 * wattHour : 0)])
            world.time += 900
        }
        try world.meter.tick()
        let given = world.usage(.quarterHoursGivenBack)
        #expect(given.count == 3 * 20 && given.filter { $0.quantity != 125 || $0.spent != 0 }.isEmpty)
        let hours = world.usage(.hoursGivenBack)
        #expect(hours.count == 3 * 5 && sum(hours).0 == 3 * 20 * 125)
        #expect(sum(world.usage(.hours)).0 == 3 * 76 * 50)
        // One that is not over yet is there too.
        try world.meter.count([.zero], exported: [Energy(microjoules: 7 * wattHour)])
        #expect(world.usage(.quarterHoursGivenBack).last?.quantity == 7)
        let before = world.usage(.hoursGivenBack).map(\.start)
        try world.meter.lastGasp()
        try world.powerUp()
        #expect(world.usage(.hoursGivenBack).map(\.start) == before)
    }

    /// The clock set back: a quarter hour that comes again is added to, none is lost.
    @Test func `a quarter hour that comes again is one record`() throws {
        let world = try ElectricWorld(value: 5_000_000_000, Self.configuration())
        for step in 0..<40 {
            try world.minute(watts: 6_000)
            if step == 20 { world.time -= 1_800 }
            world.time += 240
        }
        let quarters = world.usage(.quarterHours)
        #expect(zip(quarters, quarters.dropFirst()).filter { $1.start <= $0.start }.isEmpty)
        #expect(sum(quarters) == sum(world.usage(.hours)) && sum(quarters).0 == 40 * 100)
    }

    /// A meter of an earlier version kept no quarter hours: they begin with the first tick, and hours go on.
    @Test func `an older meter's registers begin with quarter hours`() throws {
        let world = try ElectricWorld(value: 5_000_000_000, Self.configuration(.fedIn))
        try world.meter.tick()
        try world.meter.count([Energy(microjoules: 40 * Energy.microjoulesPerWattHour)], exported: [.zero])
        try world.meter.lastGasp()
        let name = RecordName(0x0301)
        let record = try #require(try world.memory.load()[name])
        try world.memory.commit([RecordChange(name, OlderRegisters.version5(record))])
        try world.powerUp()
        for _ in 0..<2 {
            world.time += 900
            try world.meter.tick()
            try world.meter.count([Energy(microjoules: 5 * Energy.microjoulesPerWattHour)], exported: [.zero])
        }
        #expect(world.usage(.hours).map(\.quantity) == [50])
        #expect(world.usage(.quarterHours).map(\.quantity) == [0, 5, 5])
        #expect(world.usage(.quarterHoursGivenBack).isEmpty)
    }

    /// READ USAGE of a packed series gives what the plain one does, in a quarter of the bytes.
    @Test(arguments: [UsageSeries.hours, .quarterHours, .hoursGivenBack, .quarterHoursGivenBack])
    func `packed series are the same records`(series: UsageSeries) throws {
        let world = try ElectricWorld(value: 5_000_000_000, Self.configuration(.fedIn))
        for quarter in 0..<(5 * 96) {
            try world.meter.tick()
            try world.meter.count(
                [Energy(microjoules: Int128(quarter % 90) * Energy.microjoulesPerWattHour)],
                exported: [Energy(microjoules: quarter % 7 == 0 ? 0 : Energy.microjoulesPerWattHour)])
            world.time += quarter == 200 ? 7_200 : 900
        }
        try world.meter.tick()
        let plain = try pages(series, of: world).flatMap { try #require(UsageRecord.records($0)) }
        let interval = try #require(series.interval)
        let packed = try pages(try #require(series.packed), of: world)
        let unpacked = try packed.flatMap { try #require(PackedUsage($0, interval: interval)).records }
        #expect(unpacked == plain && plain == world.meter.usage(series) && !plain.isEmpty)
        #expect(packed.filter { $0.count > ReadUsage.maxRecordBytes }.isEmpty)
        if series == .quarterHours {
            #expect(packed.reduce(0) { $0 + $1.count } * 3 < plain.count * UsageRecord.byteCount)
        }
    }

    /// All pages of a series, over the meter's own port.
    private func pages(_ series: UsageSeries, of world: ElectricWorld) throws -> [[UInt8]] {
        let key = Secret(copying: (0..<16).map { UInt8($0) })
        var session = try HostSession(world.meter, ElectricWorld.meterID, KeyName(.usage, 1), key: key)
        return try session.pages(series)
    }
}
