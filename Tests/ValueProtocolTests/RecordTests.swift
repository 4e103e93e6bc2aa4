import Testing
import ValueProtocol

/// Usage, event and status records: the host decodes exactly what the meter encodes, byte for byte as in protocol §6.
@Suite struct RecordTests {
    @Test func `a usage record is start, quantity and spent`() throws {
        let record = UsageRecord(
            start: Timestamp(rawValue: 0x0102_0304), quantity: 0x0506_0708,
            spent: Amount(rawValue: 0x1112_1314_1516_1718))
        let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18]
        #expect(record.bytes == bytes && UsageRecord.byteCount == bytes.count)
        #expect(UsageRecord(bytes) == record)
        #expect(UsageRecord.records(bytes + bytes) == [record, record])
        #expect(UsageRecord.records([]) == [])
        for length in [1, 15, 17, 31] {
            #expect(UsageRecord([UInt8](repeating: 1, count: length)) == nil, "\(length)")
            #expect(UsageRecord.records([UInt8](repeating: 1, count: length)) == nil, "\(length)")
        }
    }

    @Test func `an event is time, code and value`() throws {
        let event = EventRecord(time: Timestamp(rawValue: 0x0102_0304), code: .sealBroken, value: 0x0506_0708)
        let bytes: [UInt8] = [1, 2, 3, 4, 5, 7, 5, 6, 7, 8]
        #expect(event.bytes == bytes && EventRecord.byteCount == bytes.count)
        #expect(EventRecord(bytes) == event)
        #expect(EventRecord.records(bytes + bytes) == [event, event])
        #expect(EventRecord.records(bytes + [1]) == nil && EventRecord(Array(bytes.dropLast())) == nil)
        #expect(event.isTamper && event.name == "seal broken")
    }

    @Test func `an event of a newer meter is kept with its number`() throws {
        let event = try #require(EventRecord([0, 0, 0, 1, 0x05, 0xFF, 0, 0, 0, 2]))
        #expect(event.code == nil && event.codeNumber == 0x05FF)
        #expect(event.isTamper && event.name == "event 05FF")
        #expect(event.bytes == [0, 0, 0, 1, 0x05, 0xFF, 0, 0, 0, 2])
    }

    /// These numbers are sent and stored: changing one breaks the records of every meter and host.
    @Test func `codes and reasons have stable numbers`() {
        let codes: [UInt16] = [
            0x0101, 0x0102, 0x0103, 0x0104, 0x0105, 0x0106, 0x0201, 0x0202, 0x0301, 0x0302, 0x0303, 0x0304, 0x0305,
            0x0306, 0x0401,
            0x0402, 0x0501, 0x0502, 0x0503, 0x0504, 0x0505, 0x0506, 0x0507, 0x0508, 0x0509, 0x050A, 0x0601, 0x0602,
            0x0603, 0x0604, 0x0605, 0x0606, 0x0607,
        ]
        #expect(EventCode.allCases.map(\.rawValue) == codes)
        #expect(Set(EventCode.allCases.map { "\($0)" }).count == codes.count)
        #expect(SupplyReason.allCases.map(\.rawValue) == Array(0...10))
        #expect(
            SupplyReason.allCases.map(\.name) == [
                "value", "emergencyCredit", "friendlyCredit", "noValue", "notIssued", "blocked", "tampered", "memory",
                "freeRate", "limited", "waitsForPerson",
            ])
    }

    @Test func `a meter's status is seven objects in their order`() throws {
        let status = MeterStatus(
            counter: 1, balance: Amount(rawValue: 2), spent: Amount(rawValue: 3), isValveOpen: true,
            clock: Timestamp(rawValue: 4), state: .issued, wrongSignatures: 5)
        let bytes: [UInt8] = [
            0x80, 8, 0, 0, 0, 0, 0, 0, 0, 1, 0x81, 8, 0, 0, 0, 0, 0, 0, 0, 2, 0x82, 8, 0, 0, 0, 0, 0, 0, 0, 3, 0x83, 1,
            1,
            0x84, 4, 0, 0, 0, 4, 0x85, 1, 1, 0x86, 2, 0, 5,
        ]
        #expect(status.bytes == bytes && bytes.count <= MeterStatusRecord.maxStatusBytes)
        #expect(MeterStatus(bytes) == status)
        for length in 0..<bytes.count { #expect(MeterStatus(Array(bytes.prefix(length))) == nil, "\(length)") }
        #expect(MeterStatus(bytes + [0]) == nil)
    }

    @Test func `a meter's status tells of cards and tariffs`() throws {
        let plain = MeterStatus(
            counter: 1, balance: Amount(rawValue: 2), spent: Amount(rawValue: 3), isValveOpen: true,
            clock: Timestamp(rawValue: 4), state: .issued, wrongSignatures: 5)
        let card = PartyID(issuer: 0x00A1_B2C3, kind: .subscriberCard, number: 0x11234)
        func status(_ count: Int) -> MeterStatus {
            MeterStatus(
                counter: 1, balance: Amount(rawValue: 2), spent: Amount(rawValue: 3), isValveOpen: true,
                clock: Timestamp(rawValue: 4), state: .issued, wrongSignatures: 5,
                credited: (0..<UInt32(count)).map { number in
                    MeterStatus.CreditedCard(card: card, nt: 8 - number, total: Amount(rawValue: 9))
                },
                rules: MeterStatus.RulesStatus(lastLetter: 6, inForce: 7, next: 0x0102))
        }
        let rules: [UInt8] = [0x88, 8, 0, 0, 0, 6, 0, 7, 1, 2]
        #expect(status(0).bytes == plain.bytes + [0x87, 0] + rules)
        let one: [UInt8] = [0x87, 20, 0, 0xA1, 0xB2, 0xC3, 0x10, 1, 0x12, 0x34, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 9]
        #expect(status(1).bytes == plain.bytes + one + rules)
        for count in 0...3 {
            let bytes = status(count).bytes
            #expect(MeterStatus(bytes) == status(count) && bytes.count <= MeterStatusRecord.maxStatusBytes)
            // Whole objects may be missing, as in a status of an earlier version; nothing else may.
            for length in 0..<bytes.count where length != plain.bytes.count && length != bytes.count - rules.count {
                #expect(MeterStatus(Array(bytes.prefix(length))) == nil, "\(count), \(length)")
            }
            #expect(MeterStatus(bytes + rules) == nil)
        }
        #expect(MeterStatus(plain.bytes + rules + one) == nil, "out of order")
        let four: [UInt8] = [0x87, 80] + Array(repeating: one.dropFirst(2), count: 4).joined()
        #expect(MeterStatus(plain.bytes + four + rules) == nil, "four cards")
    }
}
