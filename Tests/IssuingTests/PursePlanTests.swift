import Issuing
import Testing
import ValueProtocol

@Suite struct PursePlanTests {
    @Test func `a purse is a service, a currency and a limit, and may be bound to a meter`() throws {
        let limit = try #require(Amount("200.00"))
        let currency = try #require(Currency("EUR"))
        let meter = try #require(PartyID("00A1B2C3-02-000078"))
        #expect(PursePlan(parsing: "gas:EUR:200.00") == PursePlan(service: .gas, currency: currency, limit: limit))
        #expect(
            PursePlan(parsing: "gas:EUR:200.00:00A1B2C3-02-000078")
                == PursePlan(service: .gas, currency: currency, limit: limit, meter: meter))
    }

    @Test(arguments: [
        "", "gas", "gas:EUR", "gas:EUR:", "oil:EUR:1", "gas:EURO:1", "gas:EUR:1.2345678", "gas:EUR:1:", "gas:EUR:1:78",
        ":EUR:1", "gas::1", "gas:EUR:1:00A1B2C3-02-000078:", " gas:EUR:1",
    ])
    func `other texts are not purses`(_ text: String) {
        #expect(PursePlan(parsing: text) == nil)
    }
}
