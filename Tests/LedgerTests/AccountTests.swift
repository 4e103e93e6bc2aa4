import Ledger
import TestSupport
import Testing
import ValueProtocol

@Suite("Accounts")
struct AccountTests {
    static let golden: [(Account, String, String)] = [
        (.seller, "01 01", "seller"),
        (.reseller(TestBooks.reseller), "01 02 00A1B2C320000001", "floats:00A1B2C3-20-000001"),
        (.subscriber(TestBooks.subscriber), "01 03 000000000000002A", "subscribers:42"),
        (.purse(TestBooks.card, .gas), "01 04 00A1B2C310000001 02", "purses:00A1B2C3-10-000001:gas"),
        (.inDoubt(TestBooks.reseller, .float), "01 05 00A1B2C320000001 00", "in doubt:00A1B2C3-20-000001:float"),
        (
            .left(LeftDebitTests.id), "01 06 00A1B2C310000001 00A1B2C302000001 00000006",
            "left:00A1B2C3-10-000001:00A1B2C3-02-000001:6"
        ),
        (.debt(TestBooks.electricMeter), "01 07 00A1B2C301000001", "debts:00A1B2C3-01-000001"),
        (.delivered(TestBooks.gasMeter), "01 08 00A1B2C302000001", "delivered:00A1B2C3-02-000001"),
        (.corrections, "01 09", "corrections"),
        (
            .carried(TestBooks.card, UtilityService(rawValue: 9)), "01 0A 00A1B2C310000001 09",
            "carried:00A1B2C3-10-000001:service 9"
        ),
    ]

    @Test func `each has its bytes and its name`() throws {
        for (account, encoded, name) in Self.golden {
            #expect(account.bytes == hex(encoded))
            #expect(Account(bytes: hex(encoded)) == account)
            #expect("\(account)" == name)
        }
        #expect(Set(Self.golden.map(\.0.kind)).count == Account.Kind.allCases.count)
    }

    @Test func `no other bytes decode to an account`() {
        for (_, encoded, _) in Self.golden {
            let good = hex(encoded)
            #expect(Account(bytes: good + [0]) == nil)
            for count in good.indices { #expect(Account(bytes: Array(good.prefix(count))) == nil) }
            for value in UInt8.min ... .max {
                var changed = good
                changed[0] = value
                #expect((Account(bytes: changed) == nil) == (value != 1))
                changed = good
                changed[1] = value
                #expect(Account(bytes: changed).map { $0.bytes == changed } ?? true)
            }
        }
        // A float has one name.
        #expect(Account(bytes: hex("01 04 00A1B2C320000001 00")) == nil)
        #expect(Account("purses:00A1B2C3-20-000001:float") == nil)
        #expect(Account.held(by: TestBooks.float) == .reseller(TestBooks.reseller))
    }
}
