import CardCrypto
import Meter
import MeterBench
import Metrology
import PowerLine
import ValueElement
import ValueProtocol

/// A household's meter at the end of its year: 2026, one hour ahead of UTC, with two holidays.
enum YearParty {
    /// Local midnight of 1 January 2026.
    private static let start: UInt32 = 1_767_225_600 - 3_600
    private static let calendar = LocalCalendar(
        offset: 60, holidays: [.yearly(month: 1, day: 1), .yearly(month: 12, day: 25)])

    /// 0.31 per kWh: half on weekdays from 22:00, one and a half from 7:00, three quarters at weekends.
    private static let tariff = TariffTable(
        id: 7, price: Amount(rawValue: 310_000), currency: LineTestPeer.euro,
        entries: [
            TariffTable.Entry(days: 0x1F, minute: 420, percent: 150),
            TariffTable.Entry(days: 0x1F, minute: 1320, percent: 50),
            TariffTable.Entry(days: 0x60, minute: 0, percent: 75),
        ].compactMap { $0 })

    /// Runs the issued meter in the file through the year, in memory only; prints what it counted; and serves on a free
    /// port of this machine, with its clock stopped at the year's end.
    static func serve(_ path: String) throws {
        let card = try ValueCard(try MemoryFile.open(at: path))
        try card.reset()
        guard var image = card.element?.image, let tariff else { return }
        image.charges = ChargeList(
            inForce: StoredChargeSystem(
                .table(tariff, effective: Timestamp(rawValue: 1)), time: Timestamp(rawValue: 1)),
            ahead: [])
        image.put(
            Purse(
                service: .electricity, currency: LineTestPeer.euro, limit: Amount(rawValue: 1 << 50),
                balance: Amount(rawValue: 5_000_000_000)))
        let configuration = ElectricConfiguration(
            price: Amount(rawValue: 1), calendar: calendar, rules: CreditRules(token: Amount(rawValue: 5_000_000)))
        var records = try ElectricMeter.records(
            image.eid, transportKey: Secret(copying: [UInt8](repeating: 0, count: 16)), configuration)
        records.merge(ValueCard.records(image)) { $1 }

        let time = Seconds(start)
        let meter = try ElectricMeter(
            VolatileMemory(records), parts: ElectricParts(clock: AdjustableClock { time.value }))
        let profile = try LoadProfile.household()
        for row in 0..<profile.count {
            // Its rates change at whole hours.
            if row * profile.interval % 3_600 == 0 { try meter.tick() }
            try meter.count([profile.load(at: row * profile.interval).energy(seconds: profile.interval)])
            time.value += UInt32(profile.interval)
        }
        try meter.tick()
        let reading = meter.reading
        say("spent \(reading.spent.rawValue)")
        say("used \(reading.imported[0].microjoules / Energy.microjoulesPerWattHour)")
        let server = try MeterLineServer(.tcp(host: "127.0.0.1", port: 0))
        if case .tcp(_, let port) = server.address { say("port \(port)") }
        while true { server.serve(for: .milliseconds(500), meter) }
    }

    private final class Seconds {
        var value: UInt32
        init(_ value: UInt32) { self.value = value }
    }
}
