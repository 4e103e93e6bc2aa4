import CardCrypto
import ISO7816
import Issuing
import Meter
import Metrology
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A local unit's meter: issued at a desk, read by the host, without value.
@Suite struct TransformerMeterTests {
    @Test func `a blank unit is issued at the desk, with two keys and no purse`() throws {
        let world = try TransformerWorld(blank: TransformerWorld.threePhases)
        #expect(world.meter.reading.state == .blank && world.meter.id == TransformerWorld.unitID)
        try world.issue()
        let image = try world.image
        #expect(image.state == .issued && image.purses.isEmpty)
        #expect(image.keys.map(\.name) == [KeyName(.usage, 1), KeyName(.admin, 1)])
        #expect(world.meter.configuration == TransformerWorld.threePhases)
        let purse = PursePlan(service: .electricity, currency: .euro, limit: Amount(rawValue: 1))
        #expect(throws: IssueError(.planWrong, "")) { try TransformerWorld.plan([purse]) }
    }

    /// 45 days with a sunny noon: what phases give back is apart from what they use.
    @Test(arguments: [60, -210, 765] as [Int16])
    func `the phases' total is in every series, and given back apart`(offset: Int16) throws {
        let world = try TransformerWorld(
            TransformerConfiguration(
                transformer: TransformerWorld.threePhases.transformer, localOffset: offset))
        var random = SeededGenerator(seed: UInt64(bitPattern: Int64(offset)))
        for quarter in 0..<(45 * 96) {
            try world.meter.tick()
            let isSunny = (44..<56).contains(quarter % 96)
            let energy = (0..<3).map { _ in Energy(microjoules: Int64(random.next() % 40_000_000_000_000)) }
            // One phase uses what the two others give.
            try world.meter.count(
                [energy[0], isSunny ? .zero : energy[1], isSunny ? .zero : energy[2]],
                exported: isSunny ? [.zero, energy[1], energy[2]] : [])
            world.time += 900
        }
        try world.meter.tick()
        let (imported, exported) = world.wattHours
        #expect(imported > 45_000_000 && exported > 5_000_000)
        #expect(world.sum(.hours) == imported && world.sum(.days) == imported)
        #expect(world.sum(.weeks) == imported && world.sum(.months) == imported)
        #expect(world.sum(.hoursGivenBack) == exported)
        let recent = world.meter.usage(.quarterHours)
        #expect(recent.count >= 40 * 96)
        #expect(zip(recent, recent.dropFirst()).filter { $1.start.rawValue != $0.start.rawValue + 900 }.isEmpty)
        #expect(world.meter.usage(.quarterHoursGivenBack).count >= 40 * 12)
        let before = UsageSeries.allMeasured.map { world.meter.usage($0) }
        try world.powerUp()
        #expect(UsageSeries.allMeasured.map { world.meter.usage($0) } == before)
    }

    @Test(arguments: UsageSeries.allMeasured) func `the host reads every series, plain and packed`(
        series: UsageSeries
    ) throws {
        let world = try TransformerWorld()
        for quarter in 0..<(5 * 96) {
            try world.meter.tick()
            let energy = Energy(wattHours: 10_000 + quarter % 90)
            try world.meter.count(
                [energy, energy, energy], exported: [.zero, .zero, quarter % 7 == 0 ? .zero : energy])
            world.time += quarter == 200 ? 7_200 : 900
        }
        try world.meter.tick()
        var session = try world.session(.usage)
        let plain = try session.pages(series).flatMap { try #require(UsageRecord.records($0)) }
        #expect(plain == world.meter.usage(series) && !plain.isEmpty)
        guard let code = series.packed, let interval = series.interval else { return }
        session = try world.session(.usage)
        let packed = try session.pages(code).flatMap { try #require(PackedUsage($0, interval: interval)).records }
        #expect(packed == plain)
    }

    @Test func `the host reads events, and no meter status`() throws {
        let world = try TransformerWorld()
        _ = try world.setClock(to: world.time + 100)
        var session = try world.session(.usage)
        let events = try session.pages(.events).flatMap { page in
            stride(from: 0, to: page.count, by: EventRecord.byteCount).map {
                EventRecord(Array(page[$0..<($0 + EventRecord.byteCount)]))
            }
        }
        #expect(events == world.meter.events() && events.map { $0?.code } == [.powerUp, .clockSet])
        let order = ReadUsage(
            time: Timestamp(rawValue: 0), series: .meterStatus, from: Timestamp(rawValue: 0),
            to: Timestamp(rawValue: .max), cursor: 0)
        #expect(try session.execute(.readUsage, order.request).prefix(2) == [0, 8])
    }

    /// What only meters and cards do, also where somebody gave the unit the keys for it (protocol §4).
    @Test func `what moves value is refused`() throws {
        let world = try TransformerWorld()
        #expect(try world.meter.process([0x80, 0x50, 0x01, 0x01, 24] + Self.initialize + [0]) == [0x6A, 0x88])
        let suite = try CipherSuite()
        let names = [KeyName(.credit, 1), KeyName(.tariff, 1)]
        let keys = names.map { name in
            (name: name, key: suite.elementKey(TransformerWorld.master(name), name, for: TransformerWorld.unitID))
        }
        var admin = try world.session(.admin)
        #expect(try admin.execute(.putKey, PutKeys.plaintext(keys, suite)).prefix(2) == [0, 0])
        let bind: [UInt8] = [0x01, 0x03, 0xD2] + [UInt8](repeating: 0, count: 36)
        #expect(try admin.execute(.bind, bind) == Self.refused(1))
        let order = CreditOrder(
            htxn: HostTransaction(rawValue: 1), service: .electricity, currency: .euro, amount: Amount(rawValue: 1),
            time: Timestamp(rawValue: world.time))
        var credit = try world.session(.credit)
        #expect(try credit.execute(.storeCredit, StoreCredit(order).request) == Self.refused(1))
        #expect(try credit.execute(.refund, Refund(order).request) == Self.refused(1))
        #expect(try credit.execute(.account, AskAccount(service: .electricity).request) == Self.refused(8))
        let table = try #require(TariffTable(id: 1, price: Amount(rawValue: 1), currency: .euro, entries: []))
        var tariff = try world.session(.tariff)
        let convert = ConvertTariff(
            htxn: HostTransaction(rawValue: 1), time: order.time, effective: order.time, table: table)
        #expect(try tariff.execute(.convertTariff, convert.request) == Self.refused(8))
        let image = try world.image
        #expect(image.purses.isEmpty && image.kept.isEmpty && image.lastTable == 0)
    }

    private static let initialize: [UInt8] = HostSession.host.rawValue.bigEndianBytes + [UInt8](repeating: 7, count: 16)

    private static func refused(_ status: UInt8) -> [UInt8] {
        [0, status] + TransformerWorld.unitID.rawValue.bigEndianBytes
    }

    @Test func `a blocked unit goes on measuring, and is read`() throws {
        let world = try TransformerWorld()
        var session = try world.session(.admin)
        #expect(try session.execute(.setState, SetState(.blocked).request).prefix(2) == [0, 0])
        for _ in 0..<30 { try world.minute(watts: 20_000) }
        try world.meter.tick()
        #expect(world.meter.reading.state == .blocked && world.sum(.quarterHours) == 30_000)
        session = try world.session(.usage)
        #expect(try session.pages(.quarterHours).joined().count == 3 * UsageRecord.byteCount)
    }

    // MARK: The clock

    @Test func `the host sets the clock, and no energy is lost or doubled`() throws {
        let world = try TransformerWorld()
        for minute in 0..<200 {
            try world.minute(watts: 20_000, givenBack: 2_000)
            guard minute % 50 == 20 else { continue }
            let before = world.meter.time.rawValue
            let answer = try world.setClock(to: minute == 120 ? before + 5_000 : before - 1_300)
            #expect(Array(answer.suffix(4)) == before.bigEndianBytes)
            #expect(world.meter.events().last?.code == .clockSet && world.meter.events().last?.value == before)
        }
        #expect(world.addsUp && world.wattHours.imported == 200_000 && world.wattHours.exported == 20_000)
        let quarters = world.meter.usage(.quarterHours)
        #expect(zip(quarters, quarters.dropFirst()).filter { $1.start <= $0.start }.isEmpty)
        let shown = world.meter.time
        try world.powerUp()
        #expect(world.meter.time == shown && world.addsUp)
    }

    @Test func `a lost clock goes on from the last known time until the host sets it`() throws {
        let world = try TransformerWorld()
        for _ in 0..<40 { try world.minute(watts: 1_000) }
        try world.meter.lastGasp()
        (world.crystal.seconds, world.crystal.hasStopped) = (7, true)
        try world.powerUp()
        try world.meter.tick()
        #expect(world.meter.reading.isTimeUnknown && world.meter.events().last?.code == .clockLost)
        let known = TransformerWorld.monday + 30 * 60
        #expect((known...(known + 600)).contains(world.meter.time.rawValue))
        for _ in 0..<40 { try world.minute(watts: 1_000) }
        #expect(world.addsUp && world.wattHours.imported == 4_000)
        // To the time that it already shows: that is known then.
        _ = try world.setClock(to: world.meter.time.rawValue)
        #expect(!world.meter.reading.isTimeUnknown && !world.crystal.hasStopped)
    }

    // MARK: What was measured

    @Test func `a phase beyond its range is an event, once in an hour`() throws {
        let world = try TransformerWorld()
        let rating = TransformerWorld.threePhases.inputRating
        let frontEnd = FrontEnd(for: rating)
        var measurement = TransformerWorld.threePhases.measurement(frontEnd)
        let volts = [Int16](repeating: 0, count: 400)
        let amperes = [Int32](repeating: Int32(1 << 19) - 1, count: 400)
        let clipped = try #require(measurement.add(volts.span, amperes.span).reading)
        #expect(clipped.isClipped)
        for _ in 0..<90 {
            try world.meter.tick()
            try world.meter.count([ChannelFlow(), ChannelFlow(reading: clipped), ChannelFlow()])
            world.time += 60
        }
        func found() -> [EventRecord] { world.meter.events().filter { [.rangeLeft, .rangeKept].contains($0.code) } }
        #expect(found().map(\.code) == [.rangeLeft] && found().map(\.value) == [2])
        #expect(world.meter.reading.exceededPhases == [2] && world.meter.readings[1] == clipped)
        for _ in 0..<120 { try world.minute(watts: 1) }
        #expect(found().map(\.code) == [.rangeLeft, .rangeKept] && world.meter.reading.exceededPhases.isEmpty)
    }

    @Test func `negative energy is reported, and hides none of the others'`() throws {
        let world = try TransformerWorld()
        let (lost, used) = (Energy(wattHours: -100), Energy(wattHours: 40))
        #expect(throws: MeterError(.negativeEnergy, "")) { try world.meter.count([used, lost, used]) }
        #expect(throws: MeterError(.negativeEnergy, "")) {
            try world.meter.count([.zero, .zero, .zero], exported: [lost, used, .zero])
        }
        let flow = [ChannelFlow(imported: lost), ChannelFlow(imported: used), ChannelFlow()]
        #expect(throws: MeterError(.negativeEnergy, "")) { try world.meter.count(flow) }
        #expect(world.meter.reading.imported == [used, used, used])
        #expect(world.meter.reading.exported == [.zero, used, .zero])
    }

    @Test func `memory that is not a unit's is refused`() throws {
        let key = Secret(copying: [UInt8](repeating: 1, count: 16))
        let meterID = PartyID(issuer: 1, kind: .electricMeter, number: 1)
        let areaID = PartyID(issuer: 1, kind: .areaUnit, number: 1)
        let cardID = PartyID(issuer: 1, kind: .subscriberCard, number: 1)
        let configuration = TransformerWorld.threePhases
        let parts = TransformerParts(clock: AdjustableClock { 0 })
        let good = TransformerMeter.records(TransformerWorld.unitID, transportKey: key, configuration)
        var damaged = good
        damaged[RecordName(0x0401)]?.removeLast()
        for records in [
            TransformerMeter.records(meterID, transportKey: key, configuration),
            TransformerMeter.records(cardID, transportKey: key, configuration),
            ValueCard.blank(TransformerWorld.unitID, transportKey: key), damaged,
        ] {
            #expect(throws: MeterError(.notAMeter, "")) { try TransformerMeter(VolatileMemory(records), parts: parts) }
        }
        let one = TransformerParts(
            clock: AdjustableClock { 0 },
            measurements: [configuration.measurement(FrontEnd(for: configuration.inputRating))])
        #expect(throws: MeterError(.notAMeter, "")) { try TransformerMeter(VolatileMemory(good), parts: one) }
        #expect(try TransformerMeter(VolatileMemory(good), parts: parts).configuration == configuration)
        let area = TransformerMeter.records(areaID, transportKey: key, configuration)
        #expect(try TransformerMeter(VolatileMemory(area), parts: parts).id == areaID)
    }
}

extension UsageSeries {
    /// Those that a unit measures.
    static let allMeasured: [UsageSeries] = [
        .hours, .days, .weeks, .months, .quarterHours, .hoursGivenBack, .quarterHoursGivenBack,
    ]
}

extension FixedWidthInteger {
    var bigEndianBytes: [UInt8] {
        (0..<(Self.bitWidth / 8)).reversed().map { UInt8(truncatingIfNeeded: self >> (8 * $0)) }
    }
}
