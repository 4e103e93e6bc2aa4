import Records
import Testing
import ValueProtocol

/// Numbers stored in record files and in signed audit trails: none may ever change its meaning.
@Suite("Stored numbers keep their meaning")
struct StoredNumberTests {
    private func table<Code: CaseIterable & RawRepresentable & Hashable>(_: Code.Type) -> [Code: Int]
    where Code.RawValue: BinaryInteger {
        Dictionary(uniqueKeysWithValues: Code.allCases.map { ($0, Int($0.rawValue)) })
    }

    @Test func `states of a transaction`() {
        #expect(
            table(CreditTransaction.State.Code.self)
                == [.inDoubt: 0, .done: 1, .refused: 2, .notApplied: 3, .needsManualResolution: 4])
    }

    @Test func `kinds of a transaction`() {
        #expect(table(CreditTransaction.Kind.self) == [.storeCredit: 1, .convertTariff: 2, .refund: 10])
    }

    @Test func `statuses of an element`() {
        #expect(table(ElementStatus.Code.self) == [.inUse: 0, .lost: 1, .blocked: 2, .replaced: 3])
    }

    @Test func `what an element refuses with`() {
        #expect(
            table(BusinessStatus.self)
                == [
                    .done: 0, .unknownService: 1, .wrongCurrency: 2, .overLimit: 3, .notEnoughValue: 4,
                    .alreadyApplied: 6, .stale: 7, .malformed: 8, .blocked: 9,
                ])
    }

    @Test func `purposes of keys`() {
        #expect(table(Purpose.self) == [.credit: 1, .tariff: 2, .usage: 3, .admin: 4, .transfer: 5])
    }

    @Test func `kinds of audit events, and how a balance became known`() {
        #expect(
            table(AuditEvent.Kind.self)
                == [
                    .transaction: 1, .balance: 2, .elementStatus: 3, .resolution: 4, .numberGap: 5,
                    .carryOver: 6, .purse: 7, .contradiction: 8, .difference: 9, .differenceEnd: 10, .correction: 11,
                    .finalReading: 16, .queuedTariff: 17, .calendar: 18, .issuing: 19,
                ])
        #expect(table(BalanceBasis.self) == [.proven: 0, .resolved: 1])
    }

    @Test func `a stored state is a state only with what belongs to it`() {
        for code in CreditTransaction.State.Code.allCases {
            let state = CreditTransaction.State(code, refusal: code == .refused ? .overLimit : nil)
            #expect(state?.code == code)
            #expect(CreditTransaction.State(code, refusal: code == .refused ? nil : .overLimit) == nil)
        }
        let other = PartyID(rawValue: 7)
        for code in ElementStatus.Code.allCases {
            #expect(ElementStatus(code, replacement: code == .replaced ? other : nil)?.code == code)
            #expect(ElementStatus(code, replacement: code == .replaced ? nil : other) == nil)
        }
    }

    @Test func `the reference of a carry-over never changes`() {
        let from = PartyID(rawValue: 0x00A1_B2C3_1001_1234)
        let names: [UInt8: String] = [
            0: "float", 1: "electricity", 2: "gas", 3: "water", 4: "heat", 0x7F: "service 7F",
        ]
        for (service, name) in names {
            let carry = CarryOver(
                from: from, to: .none, service: UtilityService(rawValue: service), currency: Currency(rawValue: 978),
                amount: .zero)
            #expect(carry.reference == "carry-over 00A1B2C3-10-011234 \(name)")
        }
    }
}
