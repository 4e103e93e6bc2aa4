import Testing
import ValueProtocol

@testable import Records

/// The sentences of old trails, word for word as they were signed.
@Suite("Sentences of before never change")
struct LegacyAuditTextTests {
    let eid = PartyID(rawValue: 0x00A1_B2C3_1001_1234)

    private func transaction(
        _ state: CreditTransaction.State = .done, kind: CreditTransaction.Kind = .storeCredit,
        amount: UInt64 = 10_000_000, tariff: TariffOrder? = nil, reference: String? = nil, balance: UInt64? = nil
    ) -> String {
        LegacyAuditText.text(
            CreditTransaction(
                eid: eid, kind: kind,
                order: CreditOrder(
                    htxn: HostTransaction(rawValue: 7), service: .gas,
                    currency: Currency(rawValue: 978), amount: Amount(rawValue: amount),
                    time: Timestamp(rawValue: 1_700_000_000)),
                tariff: tariff, reference: reference, state: state, balance: balance.map(Amount.init(rawValue:)),
                settled: Timestamp(rawValue: 1)))
    }

    private let start = "7 of 00A1B2C3-10-011234: "
    private let ordered = "ordered 2023-11-14T22:13:20Z"

    @Test func `orders`() {
        #expect(
            transaction(reference: "till 3", balance: 12_000_000)
                == "STORE CREDIT \(start)gas, 10.00 EUR, \(ordered), done, balance 12.00, reference till 3")
        #expect(transaction(kind: .refund) == "REFUND \(start)gas, 10.00 EUR, \(ordered), done")
        #expect(transaction(reference: "").hasSuffix(", done, reference "))
    }

    @Test func `states and refusals`() {
        let words: [(CreditTransaction.State, String)] = [
            (.inDoubt, "in doubt"), (.done, "done"), (.notApplied, "not applied"),
            (.needsManualResolution, "a person has to decide"), (.refused(.done), "refused: done"),
            (.refused(.unknownService), "refused: the element has no purse for this service"),
            (.refused(.wrongCurrency), "refused: the purse is of another currency"),
            (.refused(.overLimit), "refused: the purse would go over its limit"),
            (.refused(.notEnoughValue), "refused: the purse does not hold enough"),
            (.refused(.alreadyApplied), "refused: already applied"),
            (.refused(.stale), "refused: stale: a newer transaction was applied, or a debit is not credited yet"),
            (.refused(.malformed), "refused: malformed, or not for this element"),
            (.refused(.blocked), "refused: the element is blocked"),
        ]
        #expect(words.filter { $0.0.code == .refused }.count == BusinessStatus.allCases.count)
        for (state, text) in words {
            #expect(transaction(state) == "STORE CREDIT \(start)gas, 10.00 EUR, \(ordered), \(text)")
        }
    }

    @Test func `tariffs`() throws {
        let entry = try #require(TariffTable.Entry(days: 1, minute: 0, percent: 50))
        let words = [([], "flat"), ([entry, entry], "2 switches")]
        for (entries, text) in words {
            let table = try #require(
                TariffTable(
                    id: 9, price: Amount(rawValue: 210_000), currency: Currency(rawValue: 826), entries: entries))
            let order = TariffOrder(table, effective: Timestamp(rawValue: 1_709_164_800))
            #expect(
                transaction(kind: .convertTariff, amount: 0, tariff: order)
                    == "CONVERT TARIFF \(start)gas, table 9, 0.21 GBP, \(text), effective 2024-02-29T00:00:00Z, "
                    + "\(ordered), done")
        }
    }

    @Test func `amounts`() {
        let words: [UInt64: String] = [
            0: "0.00", 1: "0.000001", 100: "0.0001", 1_000_000: "1.00", 1_500_000: "1.50", 12_345_678: "12.345678",
            .max: "18446744073709.551615",
        ]
        for (amount, text) in words { #expect(LegacyAuditText.text(Amount(rawValue: amount)) == text) }
    }

    @Test func `currencies`() {
        let letters = [
            36: "AUD", 124: "CAD", 156: "CNY", 344: "HKD", 356: "INR", 360: "IDR", 392: "JPY", 404: "KES", 410: "KRW",
            458: "MYR", 554: "NZD", 566: "NGN", 578: "NOK", 586: "PKR", 608: "PHP", 646: "RWF", 702: "SGD",
            704: "VND", 710: "ZAR", 752: "SEK", 756: "CHF", 764: "THB", 800: "UGX", 826: "GBP", 834: "TZS", 840: "USD",
            936: "GHS", 949: "TRY", 967: "ZMW", 978: "EUR", 985: "PLN", 986: "BRL",
        ]
        for code in UInt16.min...2000 {
            let digits = String(repeating: "0", count: max(0, 3 - "\(code)".count)) + "\(code)"
            let carry = CarryOver(
                from: .none, to: eid, service: .gas, currency: Currency(rawValue: code), amount: .zero)
            #expect(LegacyAuditText.text(carry) == "0.00 \(letters[Int(code)] ?? digits) to 00A1B2C3-10-011234")
        }
    }

    @Test func `statuses and purses`() {
        #expect(LegacyAuditText.text(ElementStatus.inUse) == "in use")
        #expect(LegacyAuditText.text(ElementStatus.lost) == "lost")
        #expect(LegacyAuditText.text(ElementStatus.blocked) == "blocked")
        #expect(LegacyAuditText.text(ElementStatus.replaced(by: eid)) == "replaced by 00A1B2C3-10-011234")
        let purse = Bind(
            service: .gas, currency: Currency(rawValue: 978), limit: Amount(rawValue: 100_000_000), meter: eid,
            version: 1)
        #expect(LegacyAuditText.text(purse) == "100.00 EUR at most, meter 00A1B2C3-10-011234")
    }

    @Test func `what entries are about`() {
        let names: [UInt64: String] = [
            0: "float", 1: "electricity", 2: "gas", 3: "water", 4: "heat", 0x7F: "service 7F",
        ]
        for (service, name) in names {
            #expect(LegacyAuditText.subject(AuditSubject(.balance, service)) == "balance \(name)")
            #expect(LegacyAuditText.subject(AuditSubject(.carryOver, service)) == "carry-over \(name)")
            #expect(LegacyAuditText.subject(AuditSubject(.purse, service)) == "purse \(name)")
        }
        #expect(LegacyAuditText.subject(AuditSubject(.transaction, .max)) == "HTXN 18446744073709551615")
        #expect(LegacyAuditText.subject(AuditSubject(.elementStatus)) == "standing")
        #expect(LegacyAuditText.subject(AuditSubject(.resolution, 7)) == nil)
        #expect(LegacyAuditText.subject(AuditSubject(.numberGap)) == nil)
    }
}
