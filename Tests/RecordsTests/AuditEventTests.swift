import Issuing
import Ledger
import Records
import TestSupport
import Testing
import ValueProtocol

@Suite("The audit trail's encoding")
struct AuditEventTests {
    static let eid = PartyID(rawValue: 0x00A1_B2C3_1001_1234)
    static let other = PartyID(rawValue: 0x00A1_B2C3_1001_1235)
    static let euro = Currency(rawValue: 978)

    static func order(_ htxn: UInt64 = 7) -> CreditOrder {
        CreditOrder(
            htxn: HostTransaction(rawValue: htxn), service: .gas, currency: euro, amount: Amount(rawValue: 10_000_000),
            time: Timestamp(rawValue: 0x6553_F100))
    }

    static func tariff() throws -> TariffOrder {
        let entry = try #require(TariffTable.Entry(days: 0x7F, minute: 1320, percent: 50))
        let table = try #require(
            TariffTable(id: 9, price: Amount(rawValue: 200_000), currency: euro, entries: [entry]))
        return TariffOrder(table, effective: Timestamp(rawValue: 0x6553_F200))
    }

    private static func table() throws -> TariffTable {
        try #require(TariffTable(id: 9, price: Amount(rawValue: 200_000), currency: euro, entries: []))
    }

    private static func approval() throws -> Approval {
        try #require(Approval(by: "A", approvedBy: "B", because: "seen"))
    }

    /// Each kind, with and without its optional fields, and its encoded bytes.
    static func golden() throws -> [(AuditEvent, String)] {
        let settled = Timestamp(rawValue: 0x6553_F101)
        func transaction(
            _ kind: CreditTransaction.Kind, _ state: CreditTransaction.State, tariff: TariffOrder? = nil,
            reference: String? = nil, balance: UInt64? = nil
        ) -> AuditEvent {
            .transaction(
                CreditTransaction(
                    eid: eid, kind: kind, order: order(), tariff: tariff, reference: reference, state: state,
                    balance: balance.map(Amount.init(rawValue:)), settled: settled))
        }
        let content = "0000000000000007 02 03D2 0000000000989680 6553F100"
        return [
            (transaction(.storeCredit, .inDoubt), "01 01 01 \(content) 00 00 00 00 00 6553F101"),
            (
                transaction(.storeCredit, .done, reference: "é,", balance: 12_000_000),
                "01 01 01 \(content) 00 01 00000003 C3A92C 01 00 01 0000000000B71B00 6553F101"
            ),
            (
                transaction(.refund, .refused(.notEnoughValue), reference: ""),
                "01 01 0A \(content) 00 01 00000000 02 01 0004 00 6553F101"
            ),
            (
                transaction(.convertTariff, .needsManualResolution, tariff: try tariff()),
                "01 01 02 \(content) 01 6553F200 0012 0009 0000000000030D40 03D2 01 7F 0528 0032 00 04 00 00 6553F101"
            ),
            (.balance(.water, Amount(rawValue: 1), .proven), "01 02 03 0000000000000001 00"),
            (.balance(.float, .all, .resolved), "01 02 00 FFFFFFFFFFFFFFFF 01"),
            (.elementStatus(.lost, reason: nil), "01 03 01 00 00"),
            (.elementStatus(.inUse, reason: "ok"), "01 03 00 00 01 00000002 6F6B"),
            (.elementStatus(.replaced(by: other), reason: nil), "01 03 03 01 00A1B2C310011235 00"),
            (
                .resolution(
                    ManualResolution(
                        htxn: HostTransaction(rawValue: 7), applied: true, person: "A", reason: "seen")),
                "01 04 0000000000000007 01 00000001 41 00000004 7365656E"
            ),
            (
                .numberGap(applied: HostTransaction(rawValue: 10), known: HostTransaction(rawValue: 1)),
                "01 05 000000000000000A 0000000000000001"
            ),
            (
                .carryOver(
                    CarryOver(from: eid, to: other, service: .gas, currency: euro, amount: Amount(rawValue: 9))),
                "01 06 00A1B2C310011235 02 03D2 0000000000000009"
            ),
            (
                .purse(
                    Bind(service: .gas, currency: euro, limit: Amount(rawValue: 100), meter: other, version: 3)),
                "01 07 02 03D2 0000000000000064 00A1B2C310011235 03"
            ),
            (
                .contradiction(
                    CreditTransaction(
                        eid: eid, kind: .storeCredit, order: order(), state: .done,
                        balance: Amount(rawValue: 12_000_000), settled: settled)),
                "01 08 01 \(content) 00 00 01 00 01 0000000000B71B00 6553F101"
            ),
            (
                .difference(
                    BookDifference(
                        id: DifferenceID(rawValue: 5), kind: .drewAfterReplacement,
                        subject: .overdraft(PurseID(eid, .gas)), currency: euro, amount: 9, since: settled)),
                "01 09 01 09 0000000000000005 03 02 00A1B2C310011234 02 03D2 00000000000000000000000000000009 6553F101"
            ),
            (.differenceEnd(DifferenceID(rawValue: 5), .explained), "01 0A 01 0A 0000000000000005 01"),
            (
                .differenceEnd(DifferenceID(rawValue: 5), .resolved(try approval())),
                "01 0A 01 0A 0000000000000005 03 00000001 41 00000001 42 00000004 7365656E"
            ),
            (
                .correction(
                    CorrectionOrder(
                        from: .seller, to: .purse(eid, .gas), currency: euro, amount: Amount(rawValue: 9),
                        approval: try approval())),
                "01 0B 01 01 0F 02 0101 0B 010400A1B2C31001123402 03D2 0000000000000009 "
                    + "00000001 41 00000001 42 00000004 7365656E"
            ),
            (
                .finalReading(
                    FinalReading(
                        service: .electricity, currency: euro, balance: Amount(rawValue: 1),
                        account: MeterAccount(
                            balance: Amount(rawValue: 1), inUse: Amount(rawValue: 2), debt: Amount(rawValue: 3),
                            spent: Amount(rawValue: 4), forfeited: Amount(rawValue: 5), paid: Amount(rawValue: 6),
                            tableInForce: 7, nextTable: 8, supply: .emergencyCredit), quantity: 9,
                        clock: Timestamp(rawValue: 10), time: Timestamp(rawValue: 11))),
                "01 10 01 01 03D2 0000000000000001 01 0000000000000001 0000000000000002 0000000000000003 "
                    + "0000000000000004 0000000000000005 0000000000000006 0007 0008 02 01 0000000000000009 0000000A "
                    + "0000000B"
            ),
            (
                .finalReading(
                    FinalReading(
                        service: .gas, currency: nil, balance: Amount(rawValue: 1), account: nil, quantity: nil,
                        clock: Timestamp(rawValue: 10), time: Timestamp(rawValue: 11))),
                "01 10 02 00 0000000000000001 00 00 0000000A 0000000B"
            ),
            (
                .queuedTariff(
                    effective: settled, QueuedTariff(try table(), effective: settled, reference: "T")),
                "01 11 6553F101 01 000D 0009 0000000000030D40 03D2 00 01 00000001 54"
            ),
            (
                .queuedTariff(
                    effective: settled, QueuedTariff(try table(), effective: settled, reference: nil)),
                "01 11 6553F101 01 000D 0009 0000000000030D40 03D2 00 00"
            ),
            (.queuedTariff(effective: settled, nil), "01 11 6553F101 00"),
            (.calendar(MeterCalendar(offset: -210)), "01 12 FF2E 0000"),
            (
                .calendar(
                    MeterCalendar(
                        offset: 60,
                        holidays: [
                            MeterCalendar.Holiday(year: 2026, month: 4, day: 3),
                            MeterCalendar.Holiday(year: nil, month: 12, day: 25),
                        ])), "01 12 003C 0002 0C190000 040307EA"
            ),
            (.issuing(.keysLoaded), "01 13 00000008 6B6579732D707574"),
            (
                .issuing(.bound(Bind.Answer(service: .gas, binding: 3, left: nil))),
                "01 13 00000009 626F756E6420322033"
            ),
        ]
    }

    @Test func `every kind is encoded as it always was`() throws {
        for (event, text) in try Self.golden() {
            #expect(event.encoded == hex(text), "\(event)")
            #expect(AuditEvent(decoding: hex(text), of: Self.eid) == event)
        }
        #expect(Set(try Self.golden().map(\.0.kind)) == Set(AuditEvent.Kind.allCases))
    }

    @Test func `a part of an encoding, or more than one, is not an event`() throws {
        for (event, _) in try Self.golden() {
            let bytes = event.encoded
            for count in 0..<bytes.count {
                #expect(AuditEvent(decoding: Array(bytes.prefix(count)), of: Self.eid) == nil, "\(event), \(count)")
            }
            #expect(AuditEvent(decoding: bytes + [0], of: Self.eid) == nil)
        }
    }

    /// So no two encodings have the same meaning, and no decoded byte was ignored.
    @Test func `whatever decodes encodes to the same bytes`() throws {
        for (event, _) in try Self.golden() {
            let bytes = event.encoded
            for index in bytes.indices {
                for value in UInt8.min...UInt8.max {
                    var altered = bytes
                    altered[index] = value
                    guard let decoded = AuditEvent(decoding: altered, of: Self.eid) else { continue }
                    #expect(decoded.encoded == altered, "\(event), byte \(index)")
                }
            }
        }
    }

    @Test(
        arguments: [
            // Version 0 and 2, kinds 0 and 12.
            "00 05 000000000000000A 0000000000000001", "02 05 000000000000000A 0000000000000001",
            "01 00 000000000000000A 0000000000000001", "01 0C 000000000000000A 0000000000000001",
            // A difference's end as its opening, and another order than a correction.
            "01 09 01 0A 0000000000000005 01", "01 0B 01 01 05 0000000000000001",
            // One person who approves her own resolution.
            "01 0A 01 0A 0000000000000005 03 00000001 41 00000001 41 00000004 7365656E",
            // Flags of 2, a status of 4, an unexpected replacement and a missing one.
            "01 03 01 02 00", "01 03 01 00 02", "01 03 04 00 00", "01 03 01 01 00A1B2C310011235 00", "01 03 03 00 00",
            // Half a character, and a length beyond the end.
            "01 03 01 00 01 00000001 C3", "01 03 01 00 01 FFFFFFFF 41",
            // A basis of 2.
            "01 02 03 0000000000000001 02",
            // HTXN 0, a credit with a tariff, a conversion without one, a refusal with an invalid status, a refusal
            // without status.
            "01 01 01 0000000000000000 02 03D2 0000000000989680 6553F100 00 00 00 00 00 6553F101",
            "01 01 01 0000000000000007 02 03D2 0000000000989680 6553F100 01 6553F200 000D 0009 0000000000030D40 03D2 00 "
                + "00 00 00 00 6553F101",
            "01 01 02 0000000000000007 02 03D2 0000000000989680 6553F100 00 00 00 00 00 6553F101",
            "01 01 01 0000000000000007 02 03D2 0000000000989680 6553F100 00 00 01 01 0003 00 6553F101",
            "01 01 01 0000000000000007 02 03D2 0000000000989680 6553F100 00 00 02 01 0005 00 6553F101",
            "01 01 01 0000000000000007 02 03D2 0000000000989680 6553F100 00 00 02 00 00 6553F101",
        ])
    func `what is not canonical is not an event`(_ text: String) {
        #expect(AuditEvent(decoding: hex(text), of: Self.eid) == nil)
    }

    @Test func `the subject is what the records are compared by`() throws {
        for (event, _) in try Self.golden() {
            let number: UInt64 =
                switch event.kind {
                case .transaction, .resolution, .contradiction: 7
                case .balance: event.encoded[2] == 3 ? 3 : 0
                case .elementStatus, .numberGap, .correction: 0
                case .difference, .differenceEnd: 5
                case .finalReading, .calendar, .issuing: 0
                case .queuedTariff: 0x6553_F101
                case .carryOver, .purse: 2
                }
            #expect(event.subject == AuditSubject(event.kind, number))
        }
    }
}
