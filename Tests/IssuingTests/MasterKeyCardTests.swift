import CardIOTesting
import Issuing
import Testing
import ValueProtocol

@Suite struct MasterKeyCardTests {
    @Test func `wrong PINs are counted and unblocked by two others`() throws {
        let bench = try IssuingBench()
        let card = MasterKeyCard(bench.master)
        try card.select()
        let one = TestKeys.custodian(1)
        for left in [2, 1, 0] {
            let error = #expect(throws: MasterKeyError(.wrongPIN, "")) {
                try card.verify(try TestKeys.pin("9999"), of: one)
            }
            #expect(error?.triesLeft == left)
        }
        #expect(throws: MasterKeyError(.pinBlocked, "")) { try card.verify(try TestKeys.pin("1231"), of: one) }
        try card.verify(try TestKeys.pin("1232"), of: TestKeys.custodian(2))
        #expect(throws: MasterKeyError(.pinMissing, "")) { try card.unblock(one, newPIN: try TestKeys.pin("55555")) }
        try card.verify(try TestKeys.pin("1233"), of: TestKeys.custodian(3))
        try card.unblock(one, newPIN: try TestKeys.pin("55555"))
        try card.verify(try TestKeys.pin("55555"), of: one)
        try card.changePIN(of: one, from: try TestKeys.pin("55555"), to: try TestKeys.pin("666666"))
        try card.select()
        try card.verify(try TestKeys.pin("666666"), of: one)
    }

    @Test func `errors say what is wrong`() throws {
        let bench = try IssuingBench()
        let card = MasterKeyCard(bench.master)
        try card.select()
        #expect(throws: MasterKeyError(.noPIN, "")) {
            try card.verify(try TestKeys.pin("1234"), of: TestKeys.custodian(8))
        }
        #expect(throws: MasterKeyError(.pinMissing, "")) {
            try card.set(IssuingRules(first: TestKeys.card(1), count: 1, operations: []))
        }
        #expect(throws: MasterKeyError(.noApplication, "")) { try MasterKeyCard(bench.element).select() }
        _ = try ElementInfo.select(over: bench.master)
        #expect(throws: MasterKeyError(.notSelected, "")) {
            try card.verify(try TestKeys.pin("1231"), of: TestKeys.custodian(1))
        }
        for bad in ["123", "1234567890123", "12a4", ""] {
            #expect(throws: MasterKeyError(.malformedPIN, "")) { try TestKeys.pin(bad) }
        }
        #expect("\(try TestKeys.pin("1234"))" == "••")
        bench.losses.fault = .loses(.answer, of: bench.losses.exchanges)
        #expect(throws: MasterKeyError(.noAnswer, "")) { try card.select() }
    }

    @Test func `refusals of the authority are reported`() throws {
        let bench = try IssuingBench()
        let authority = MasterKeyCardAuthority(bench.master)
        #expect(throws: SessionError(.outsideRules, "")) {
            try authority.openSession(.transport, with: TestKeys.card(0x1233))
        }
        #expect(throws: SessionError(.noSessionsUnderKey, "")) {
            try authority.openSession(KeyName(.transfer, 1), with: bench.eid)
        }
        #expect(throws: SessionError(.noMasterKey, "")) {
            try authority.openSession(KeyName(.credit, 9), with: bench.eid)
        }
        #expect(throws: SessionError(.noSession, "")) {
            try authority.authenticate([UInt8](repeating: 0, count: 44)[...])
        }
        _ = try authority.openSession(.transport, with: bench.eid)
        #expect(throws: SessionError(.elementNotGenuine, "")) {
            try authority.authenticate([UInt8](repeating: 0, count: 44)[...])
        }
        var session = try ElementConversation(over: bench.element, by: authority, key: .transport)
        #expect(throws: SessionError(.operationNotInRules, "")) {
            try session.execute(SetClock(Timestamp(rawValue: 1)))
        }
    }
}
