import CardCrypto
import ISO7816
import Meter
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

@Suite struct UseTests {
    @Test func `the valve closes at zero and opens on credit`() throws {
        // 0.90 per m3 is 900 micro-units per litre: 45.00 pay for exactly 50,000 litres.
        let world = try GasWorld(onCard: 45_000_000)
        #expect(!world.gasMeter.valve.isOpen)
        #expect(try world.meter.use(10) == 0)
        _ = try world.meter.redeem(from: world.channel)
        #expect(try world.meter.use(49_999) == 49_999)
        #expect(world.gasMeter.valve.isOpen)
        #expect(try world.meter.use(10) == 1)
        #expect(!world.gasMeter.valve.isOpen && world.inMeter == 0)
        #expect(world.meter.reading.counter == 50_000)
        #expect(world.meter.reading.spent == Amount(rawValue: 45_000_000))
        #expect(world.meter.reading.display[1].hasPrefix("NO CREDIT"))
    }

    /// Prices that are not a whole number of micro-units per litre lose nothing to rounding, however use is divided.
    @Test(arguments: [1, 7, 333, 100_001] as [UInt64])
    func `remainders are carried`(price: UInt64) throws {
        let whole = try GasWorld(inMeter: 10_000_000, price: price)
        let parts = try GasWorld(inMeter: 10_000_000, price: price)
        _ = try whole.meter.use(12_345)
        for step in 0..<12_345 where step % 3 == 0 { _ = try parts.meter.use(3) }
        #expect(whole.meter.reading == parts.meter.reading)
        #expect(whole.meter.reading.spent == Amount(rawValue: 12_345 * price / 1000))
        #expect(try whole.total() == 60_000_000)
    }

    @Test(arguments: FailureSwitch.Portion.allCases)
    func `a power cut while counting keeps the books`(portion: FailureSwitch.Portion) throws {
        let world = try GasWorld(inMeter: 9_000_000)
        world.gasMeter.power.cutPower(atWrite: 1, keeping: portion)
        #expect(throws: MeterError(.memory, "")) { try world.meter.use(100) }
        #expect(!world.gasMeter.valve.isOpen)
        try world.powerUpAgain()
        #expect(try world.total() == 59_000_000)
        #expect(world.gasMeter.valve.isOpen)
    }

    @Test(arguments: FailureSwitch.Portion.allCases)
    func `a memory lost to a command of the host closes the valve`(portion: FailureSwitch.Portion) throws {
        let world = try GasWorld(inMeter: 9_000_000) { meter, _ in
            meter.put(StoredKey(name: KeyName(.credit, 1), key: Secret(copying: [UInt8](repeating: 7, count: 16))))
        }
        #expect(world.gasMeter.valve.isOpen)
        world.gasMeter.power.cutPower(atWrite: 1, keeping: portion)
        let initialize = [0x80, 0x50, 0x01, 0x01, 24] + [UInt8](repeating: 1, count: 24) + [0]
        #expect(throws: CardError.self) { try world.meter.process(initialize) }
        #expect(!world.gasMeter.valve.isOpen)
        #expect(throws: CardError.self) { try world.meter.reset() }
        #expect(!world.gasMeter.valve.isOpen)
        world.gasMeter.power.restorePower()
        try world.meter.reset()
        #expect(world.gasMeter.valve.isOpen && world.inMeter == 9_000_000)
    }

    @Test func `displays are two lines of sixteen`() throws {
        for state in [LifeCycle.blank, .issued, .blocked] {
            for inMeter: UInt64 in [0, 1_000_000, 99_999_999] {
                let world = try GasWorld(inMeter: inMeter) { meter, _ in meter.state = state }
                #expect(world.meter.reading.display.map(\.count) == [16, 16])
            }
        }
    }

    @Test func `rates follow the table`() throws {
        let weekend = try #require(TariffTable.Entry(days: 0b110_0000, minute: 480, percent: 50))
        let monday = try #require(TariffTable.Entry(days: 0b000_0001, minute: 360, percent: 200))
        let table = try #require(
            TariffTable(id: 1, price: Amount(rawValue: 1), currency: GasWorld.currency, entries: [weekend, monday]))
        // 2026-01-01 00:00 UTC was a Thursday.
        let thursday: UInt32 = 1_767_225_600
        let day: UInt32 = 86_400
        #expect(table.percent(at: Timestamp(rawValue: thursday)) == 200)
        #expect(table.percent(at: Timestamp(rawValue: thursday + 2 * day + 479 * 60)) == 200)
        #expect(table.percent(at: Timestamp(rawValue: thursday + 2 * day + 480 * 60)) == 50)
        #expect(table.percent(at: Timestamp(rawValue: thursday + 4 * day + 359 * 60 + 59)) == 50)
        #expect(table.percent(at: Timestamp(rawValue: thursday + 4 * day + 360 * 60)) == 200)
        #expect(table.percent(at: Timestamp(rawValue: thursday + 4 * day + 300 * 60), offset: 60) == 200)
    }
}
