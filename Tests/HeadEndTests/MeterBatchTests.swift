import HeadEnd
import ISO7816
import PowerLine
import Records
import RecordsSQLite
import Synchronization
import TestSupport
import TestWorlds
import Testing
import ValueProtocol

@Suite("A batch of meters") struct MeterBatchTests {
    private let files: TemporaryFolder
    private let host: HostContext

    init() throws {
        files = try TemporaryFolder(isInMemory: true)
        host = HostContext(HostFolder(files.path), records: try RecordFile.inMemory(), keys: try testKeys()) {
            Timestamp(rawValue: TestMeter.monday)
        }
    }

    private func list(_ count: UInt16) throws -> MeterList {
        try MeterList((1...count).map { MeterAddress(meter: nil, address: .tcp(host: "meter", port: $0)) })
    }

    /// Gives no answer, and has no state.
    private struct DeadLine: CardChannel, Sendable {
        func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
            throw CardError(.noCard, subject: "line")
        }
    }

    /// A meter's channel, used by one thread at a time.
    private struct Lent: @unchecked Sendable {
        let meter: TestMeter
    }

    @Test(arguments: [1, 3, 64])
    func `every meter is contacted once, and results come in their order`(_ atOnce: Int) async throws {
        let visited = Mutex<[UInt16: Int]>([:])
        let batch = MeterBatch(try list(20), of: host, atOnce: atOnce) { _, _ in DeadLine() }
        let results = await batch.run { _, _, meter in
            guard case .tcp(_, let port) = meter.address else { return UInt16(0) }
            visited.withLock { $0[port, default: 0] += 1 }
            return port
        }
        #expect(try results.map { try $0.outcome.get() } == Array(1...20))
        #expect(visited.withLock { $0.values.allSatisfy { $0 == 1 } && $0.count == 20 })
    }

    @Test func `a meter that does not answer keeps no other from its credit`() async throws {
        let meter = Lent(meter: try TestMeter(keys: try testKeys()))
        let batch = MeterBatch(try list(2), of: host, atOnce: 2) { pid, meterAddress in
            #expect(pid.kind == .host)
            return meterAddress.address == .tcp(host: "meter", port: 1) ? DeadLine() : meter.meter.channel
        }
        let results = await batch.run { client, channel, _ in
            try client.storeCredit(Amount(rawValue: 5), for: .electricity, in: TestCard.euro, over: channel)
        }
        #expect(throws: HostError(.noSession, "")) { try results[0].outcome.get() }
        #expect(try results[1].outcome.get().state == .done)
        #expect(try host.records.transactions(of: TestMeter.eid).map(\.state) == [.done])
        let records = try host.meterRecords(of: TestMeter.eid)
        #expect(records.currency == TestCard.euro)
        #expect(records.balance?.service == .electricity)
        #expect(throws: WorkplaceError(.unknownElement, "")) {
            try host.meterRecords(of: PartyID(issuer: 1, kind: .gasMeter, number: 1))
        }
    }

    @Test func `a host without keys contacts no meter`() async throws {
        let folder = HostFolder(files.path + "/keyless")
        try folder.prepare()
        let batch = MeterBatch(
            try list(1), of: HostContext(folder, records: try RecordFile.inMemory(), keys: nil), atOnce: 1
        ) { _, _ in
            Issue.record("a meter was contacted")
            return DeadLine()
        }
        let results = await batch.run { _, _, _ in 0 }
        #expect(throws: HostError(.noKeys, "")) { try results[0].outcome.get() }
    }

    @Test func `purses are looked up by many threads at once`() async throws {
        let batch = MeterBatch(try list(32), of: host, atOnce: 16) { _, _ in DeadLine() }
        let host = host
        let results = await batch.run { _, _, _ in try host.currency(of: .electricity, on: TestMeter.eid) }
        #expect(try results.allSatisfy { try $0.outcome.get() == nil })
    }

    // MARK: Lists

    @Test(arguments: [
        "tcp:10.0.0.7:7701", "00A1B2C3-01-000077@tcp:[::1]:7701", "00A1B2C3-01-000077@serial:/dev/ttyUSB0@1200",
        "serial:/dev/ttyUSB0",
    ])
    func `an address is written as it is parsed`(_ text: String) throws {
        #expect(try #require(MeterAddress(text)).description == text)
    }

    @Test(arguments: ["", "meter", "00A1B2C3-01-000077", "77@tcp:host:1", "00A1B2C3-01-000077@udp:host:1", "tcp:host"])
    func `what is not an address is none`(_ text: String) { #expect(MeterAddress(text) == nil) }

    @Test func `a list has a meter per line, and comments`() throws {
        let text = """
            # meters of a street
            00A1B2C3-01-000077 tcp:10.0.0.7:7701   # behind the door

              00A1B2C3-01-000078\tserial:/dev/ttyUSB0
            """
        let meters = try MeterList.parse(text, name: "street.txt")
        #expect(
            meters.map(\.description) == [
                "00A1B2C3-01-000077@tcp:10.0.0.7:7701", "00A1B2C3-01-000078@serial:/dev/ttyUSB0",
            ])
        let error = try #require(throws: MeterListError.self) {
            try MeterList.parse(text + "\ntcp:10.0.0.7:7701", name: "street.txt")
        }
        #expect(error.code == .malformedLine)
        #expect(error.subject == "street.txt, line 5")
        #expect(throws: MeterListError(.repeatedAddress, "")) { try MeterList(meters + meters) }
    }
}
