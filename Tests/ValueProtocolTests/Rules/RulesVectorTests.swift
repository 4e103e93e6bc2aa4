import Foundation
import Testing
import ValueProtocol

/// `APDU/vectors/rules-pricing.json`: what a kWh costs, and what is refused.
@Suite struct RulesVectorTests {
    struct Pricing: Decodable {
        struct Set: Decodable { let rules: String, cases: [Case] }
        struct Case: Decodable {
            let time: UInt32, local: Int, channel: Int, monthQuantity: UInt64, rate: UInt8, percent: UInt16,
                price: UInt64
        }
        let sets: [Set]
        let refused: [String]
    }

    @Test func `a kWh costs what the vectors say`() throws {
        let pricing: Pricing = try KeyVectorTests.vector("rules-pricing.json")
        #expect(pricing.sets.count > 1)
        for vector in pricing.sets {
            let bytes = KeyVectorTests.bytes(vector.rules)
            let rules = try SupplyRules(bytes)
            #expect(rules.bytes == bytes)
            let system = ChargeSystem.rules(rules)
            let schedule = TariffSchedule(rules)
            #expect(vector.cases.count > 300)
            for item in vector.cases {
                let time = Timestamp(rawValue: item.time)
                #expect(rules.localTime(at: time).minuteNumber == item.local, "\(item)")
                let period = schedule.period(at: time)
                #expect(period.contains(time) && period.rate == item.rate && period.percent == item.percent, "\(item)")
                let prices = try #require(system.prices(channel: item.channel, percent: period.percent))
                #expect(prices.price(monthQuantity: item.monthQuantity).rawValue == item.price, "\(item)")
            }
        }
    }

    /// In the order of the file: what the rules have against them.
    static let reasons: [SupplyRulesError] = [
        SupplyRulesError(.outOfRange, SupplyRulesField(.id), allowed: 1...0xFFFF),
        SupplyRulesError(.wrongLength, SupplyRulesField(.standingCharge)),
        SupplyRulesError(.malformed, SupplyRulesField(.credit)),
        SupplyRulesError(.malformed, SupplyRulesField(.source, 0, .channel)),
        SupplyRulesError(.missing, SupplyRulesField(.id)),
        SupplyRulesError(.noSuchDate, SupplyRulesField(.holiday, 0, .date)),
        SupplyRulesError(.noSuchRate, SupplyRulesField(.profile, 0, .rate, entry: 2)),
        SupplyRulesError(
            .outOfRange, SupplyRulesField(.source, 0, .price), allowed: 0...Int(SupplyRules.maxPrice.rawValue)),
        SupplyRulesError(.outOfRange, SupplyRulesField(.debtShare), allowed: 0...100),
        SupplyRulesError(.sameMoment, SupplyRulesField(.summerEnd)),
        SupplyRulesError(.outOfRange, SupplyRulesField(.zone, nil, .offset), allowed: -840...840),
        SupplyRulesError(.unexpected, SupplyRulesField(.rules)),
        SupplyRulesError(.outOfRange, SupplyRulesField(.friendlyTime, 1, .to), allowed: 0...1440),
        SupplyRulesError(.outOfRange, SupplyRulesField(.block, 1, .percent), allowed: 0...1000),
    ]

    @Test func `what the vectors refuse is refused, with the field that is wrong`() throws {
        let pricing: Pricing = try KeyVectorTests.vector("rules-pricing.json")
        #expect(pricing.refused.count == Self.reasons.count)
        for (hex, reason) in zip(pricing.refused, Self.reasons) {
            let error = #expect(throws: SupplyRulesError.self, "\(reason)") {
                try SupplyRules(KeyVectorTests.bytes(hex))
            }
            #expect(error == reason, "\(error.map { "\($0)" } ?? "none") for \(reason)")
        }
    }
}
