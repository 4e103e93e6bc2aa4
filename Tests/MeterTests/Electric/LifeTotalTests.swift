import CardCrypto
import Metrology
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

@testable import Meter

/// Totals that a host's orders bring to the end of 64 bits stay there: the meter goes on.
@Suite struct LifeTotalTests {
    private static let eid = PartyID(issuer: 0xA1B2C3, kind: .electricMeter, number: 0x77)
    private static let most = Amount.all.rawValue

    private final class Seconds {
        var value = TestElectricMeter.monday
    }

    /// A meter that has spent, drawn, lent and lost almost all that its registers hold.
    private func worn(
        holding balance: UInt64, _ time: Seconds, price: UInt64 = most
    ) throws -> ElectricMeter {
        let configuration = ElectricConfiguration(
            price: Amount(rawValue: price),
            rules: CreditRules(token: Amount(rawValue: 1 << 62), emergency: Amount(rawValue: Self.most)))
        var image = ElementImage(
            issued: Self.eid, purses: [Purse(.electricity, holds: balance, limit: Self.most)])
        image.debt.owed = Amount(rawValue: Self.most - 1000)
        var records = try TestElectricMeter.records(
            image, configuration, transportKey: Secret(copying: [UInt8](repeating: 0, count: 16)))
        var registers = try #require(ElectricRegisters(records[ElectricRegisters.record]))
        let almost = Amount(rawValue: Self.most - 1000)
        (registers.spent, registers.drawn, registers.forfeited) = (almost, almost, almost)
        registers.emergencyUsed = .zero
        (registers.remaining, registers.creditInAdvance, registers.isAtRest) = (almost, almost, false)
        let change = registers.change
        records[change.name] = change.content
        return try ElectricMeter(
            VolatileMemory(records), parts: ElectricParts(clock: AdjustableClock { time.value }))
    }

    @Test func `after a power cut that loses a token`() throws {
        let meter = try worn(holding: 0, Seconds())
        #expect(meter.reading.forfeited == .all && meter.reading.debt == .all)
    }

    @Test(arguments: [0, 1 << 63, most]) func `at the highest price, with and without value`(balance: UInt64) throws {
        let time = Seconds()
        let meter = try worn(holding: balance, time)
        try meter.tick()
        _ = try meter.askForEmergency()
        for _ in 0..<40 {
            time.value += 900
            try meter.tick()
            try meter.count([Energy(microjoules: 1 << 60)])
        }
        try meter.lastGasp()
        let reading = meter.reading
        #expect(reading.spent == .all, "\(reading)")
        let hours = meter.usage(.hours)
        #expect(!hours.isEmpty && hours.allSatisfy { $0.spent <= .all })
    }

    /// Two records of one period, since the clock was set back, are one with the most.
    @Test func `periods that are summed`() throws {
        var book = UsageBook([:])
        let calendar = LocalCalendar()
        let period = UsageRecord(
            start: Timestamp(rawValue: 3600), quantity: .max - 1, spent: Amount(rawValue: Self.most - 1))
        for _ in 0..<3 { _ = book.close(.hours, period, calendar) }
        let found = book.records(.hours, from: Timestamp(rawValue: 0), to: Timestamp(rawValue: .max))
        #expect(found.map(\.quantity) == [.max] && found.map(\.spent) == [.all])
    }
}
