import Issuing
import Testing
import ValueProtocol

@Suite("A plan in JSON") struct CeremonyPlanFileTests {
    @Test func `everything that a plan says is taken`() throws {
        let text = """
            {"keys": [{"key": "admin 1", "custodians": [1, 2], "checkValue": "015DB8"},
                      {"key": "ADMIN 0", "custodians": [2, 3]}],
             "firstPINs": [1, 2, 1],
             "rules": {"first": "00A1B2C3-10-000001", "count": 100, "operations": ["PUT KEY", "BIND"]}}
            """
        let all = KeyCustodian.all
        let plan = try CeremonyPlan(
            keys: [
                .init(
                    KeyName(.admin, 1), custodians: [all[0], all[1]], checkValue: KeyCheckValue(rawValue: 0x015DB8)),
                .init(.transport, custodians: [all[1], all[2]]),
            ], firstPINs: [all[0], all[1]],
            rules: IssuingRules(first: TestKeys.card(1), count: 100, operations: [.putKey, .bind]))
        #expect(try CeremonyPlan(json: text, name: "plan.json") == plan)
    }

    @Test func `what may be left out has its usual value`() throws {
        let text = """
            {"keys": [{"key": "CREDIT 1", "custodians": [1, 2]}],
             "rules": {"first": "00A1B2C3-10-000001", "count": 1}}
            """
        let plan = try CeremonyPlan(json: text, name: "plan.json")
        #expect(plan.firstPINs.isEmpty)
        #expect(plan.rules?.operations == IssuingRules.issuing)
    }

    @Test(arguments: [
        ("no JSON", "plan.json, which is not JSON"), ("{}", "plan.json, keys is missing"),
        (
            #"{"keys": [{"key": "CREDIT 1", "custodians": 2}]}"#,
            "plan.json, keys[0].custodians has a value of another kind"
        ),
        (
            #"{"keys": [{"key": "MASTER 1", "custodians": [1, 2]}]}"#,
            "plan.json, key MASTER 1, which is not a purpose and a version such as ADMIN 1"
        ),
        (
            #"{"keys": [{"key": "CREDIT 256", "custodians": [1, 2]}]}"#,
            "plan.json, key CREDIT 256, which is not a purpose and a version such as ADMIN 1"
        ),
        (#"{"keys": [{"key": "CREDIT 1", "custodians": [1, 9]}]}"#, "plan.json, custodian 9, which is not 1 to 8"),
        (
            #"{"keys": [{"key": "CREDIT 1", "custodians": [1, 2], "checkValue": "15DB8"}]}"#,
            "plan.json, check value 15DB8, which is not six hexadecimal digits such as 015DB8"
        ),
        (
            #"{"keys": [], "rules": {"first": "card", "count": 1}}"#,
            "plan.json, first card, which is not an identifier such as 00A1B2C3-10-000001"
        ),
        (
            #"{"keys": [], "rules": {"first": "00A1B2C3-10-000001", "count": 1, "operations": ["PAY"]}}"#,
            "plan.json, operation PAY, which is not an operation such as PUT KEY"
        ),
    ])
    func `what is not understood is named`(_ text: String, _ subject: String) throws {
        let error = try #require(throws: CeremonyError.self) { try CeremonyPlan(json: text, name: "plan.json") }
        #expect(error.code == .planMalformed)
        #expect(error.subject == subject)
    }

    @Test func `a system begins with one key of each purpose and the transport key`() throws {
        let plan = try CeremonyPlan.standard(custodians: 3, firstPINs: true)
        #expect(plan.keys.map(\.name) == [.transport] + Purpose.allCases.map { KeyName($0, 1) })
        #expect(plan.keys.allSatisfy { $0.custodians == Array(KeyCustodian.all.prefix(3)) })
        #expect(plan.firstPINs.count == 3)
        #expect(throws: CeremonyError(.noDualControl, "")) {
            try CeremonyPlan.standard(custodians: 1, firstPINs: false)
        }
    }
}
