import Issuing
import Testing
import ValueProtocol

@Suite struct CeremonyPlanTests {
    static let custodians = KeyCustodian.all

    @Test func `a key of one component is no plan`() {
        #expect(throws: CeremonyError(.noDualControl, "")) {
            try CeremonyPlan(keys: [.init(KeyName(.admin, 1), custodians: [Self.custodians[0]])])
        }
    }

    @Test func `a custodian twice is no plan`() {
        let twice = [Self.custodians[0], Self.custodians[1], Self.custodians[0]]
        #expect(throws: CeremonyError(.sameCustodianTwice, "")) {
            try CeremonyPlan(keys: [.init(KeyName(.admin, 1), custodians: twice)])
        }
    }
}
