import Testing
import ValueProtocol

@Suite struct CurrencyTests {
    @Test(arguments: [
        ("EUR", 978, 2), ("KRW", 410, 0), ("BHD", 48, 3), ("ALL", 8, 2), ("CLF", 990, 4), ("UGX", 800, 0),
        ("ZWG", 924, 2),
    ])
    func `A currency of ISO 4217 is read and shown by its letters, with decimals of its own`(
        letters: String, number: UInt16, decimals: Int
    ) {
        let currency = Currency(rawValue: number)
        #expect(Currency(letters) == currency && Currency(letters.lowercased()) == currency)
        #expect(currency.description == letters)
        #expect(currency.decimals == decimals)
    }

    @Test func `Every number from 1 to 999 is shown as a text that is read as the same number`() {
        for number in UInt16(1)...999 {
            let currency = Currency(rawValue: number)
            #expect(Currency(currency.description) == currency)
        }
    }

    @Test(arguments: ["", "EU", "EURO", "0", "1000", "-978", "XQQ"])
    func `A text that names no currency is refused`(text: String) {
        #expect(Currency(text) == nil)
    }

    @Test func `Money is shown with the decimals of its currency, and with more only where they are not zero`() throws {
        let amount = try #require(Amount("12"))
        #expect(amount.money(in: Currency(rawValue: 978)) == "12.00 EUR")
        #expect(amount.money(in: Currency(rawValue: 410)) == "12 KRW")
        #expect(amount.money(in: Currency(rawValue: 48)) == "12.000 BHD")
        #expect(amount.money(in: Currency(rawValue: 899)) == "12.00 899")
        #expect(Amount(rawValue: 345_678).money(in: Currency(rawValue: 410)) == "0.345678 KRW")
        #expect(Amount(rawValue: 12_500_000).money(in: Currency(rawValue: 990)) == "12.5000 CLF")
    }
}
