import Diagnostics
import DurableFiles
import Issuing
import Testing
import ValueProtocol

@Suite struct BatchOrderTests {
    @Test func `an order in any order of columns`() throws {
        let order = try BatchOrder(
            csv: """
                limit,eid,purses,currency
                200.00 50,next,gas:00A1B2C3-02-000078 water:00A1B2C303000078,EUR
                500,00A1B2C3-02-000079,gas,978
                """)
        #expect(order.rows.count == 2)
        #expect(order.rows[0].eid == nil)
        #expect(order.rows[0].purses == TestKeys.purses)
        #expect(order.rows[1].eid == TestKeys.meter(.gasMeter, 0x79))
        #expect(order.rows[1].line == 3)
    }

    @Test(arguments: [
        ("", "line 1, column 1: a column is missing (eid)"),
        ("eid,purses,limit\n", "line 1, column 1: a column is missing (currency)"),
        ("eid,purses,currency,limit,extra\n", "line 1, column 27: a column is not known or appears twice (extra)"),
        ("eid,eid,purses,currency,limit\n", "line 1, column 5: a column is not known or appears twice (eid)"),
        (
            "eid,purses,currency,limit\nnext,gas,EUR\n",
            "line 2, column 1: the row has a wrong number of fields (3 instead of 4)"
        ),
        ("eid,purses,currency,limit\nnexd,gas,EUR,1\n", "line 2, column 1: a field is wrong (eid: "),
        ("eid,purses,currency,limit\n00A1B2C330000001,gas,EUR,1\n", "line 2, column 1: a field is wrong (eid: "),
        ("eid,purses,currency,limit\nnext,oil,EUR,1\n", "line 2, column 6: a field is wrong (purses: "),
        (
            "eid,purses,currency,limit\nnext,gas:00A1B2C3-03-000078,EUR,1\n",
            "line 2, column 6: a field is wrong (purses: "
        ),
        ("eid,purses,currency,limit\nnext,gas gas,EUR,1\n", "line 2, column 6: a field is wrong (purses: "),
        ("eid,purses,currency,limit\n00A1B2C302000001,water,EUR,1\n", "line 2, column 18: a field is wrong (purses: "),
        ("eid,purses,currency,limit\nnext,gas,EURO,1\n", "line 2, column 10: a field is wrong (currency: "),
        ("eid,purses,currency,limit\nnext,gas water,EUR,1 2 3\n", "line 2, column 20: a field is wrong (limit: "),
        ("eid,purses,currency,limit\nnext,gas,EUR,1.2345678\n", "line 2, column 14: a field is wrong (limit: "),
        (
            "eid,purses,currency,limit\n00A1B2C310000001,,EUR,1\n00A1B2C3-10-000001,,EUR,1\n",
            "line 3, column 1: a field is wrong (eid: "
        ),
    ])
    func `errors name line and column`(_ text: String, _ beginning: String) {
        let error = #expect(throws: CSVError.self) { try BatchOrder(csv: text) }
        #expect(error?.description.hasPrefix(beginning) == true, "\(error?.description ?? "no error")")
    }
}
