import CardCrypto
import Meter
import Metrology
import Testing
import ValueElement
import ValueProtocol

@Suite struct TokensAndCreditArticle {
    @Test func `tokens and credit`() throws {
        let id = PartyID(issuer: 0x00A1_B2C3, kind: .electricMeter, number: 0x77)
        let transportKey = try SystemRandomness.key()
        let price = Amount(rawValue: 300_000)
        let clock = AdjustableClock { 1_767_571_200 }
        let energy = Energy(wattHours: 1)
        let night = FriendlyCredit.Window(days: 0x1F, from: 18 * 60, to: 8 * 60)
        let weekend = FriendlyCredit.Window(days: 0x60 | FriendlyCredit.Window.holidays, from: 0, to: 1440)
        let rules = CreditRules(
            token: Amount(rawValue: 100_000), lowCredit: Amount(rawValue: 2_000_000),
            emergency: Amount(rawValue: 5_000_000),
            friendly: FriendlyCredit(windows: [night, weekend].compactMap { $0 }))
        let configuration = ElectricConfiguration(
            price: price, calendar: LocalCalendar(offset: 60, holidays: [.yearly(month: 12, day: 25)]), rules: rules)
        let memory = VolatileMemory(try ElectricMeter.records(id, transportKey: transportKey, configuration))
        let meter = try ElectricMeter(memory, parts: ElectricParts(clock: clock))
        try meter.tick()
        try meter.count([energy])
        print(meter.reading.value, meter.decision.reason)
        #expect(meter.decision.reason == .notIssued)
    }
}
