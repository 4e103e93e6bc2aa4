import CardCrypto
import CardIO
import ISO7816
import Issuing
import Synchronization
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A batch at two readers of a real pcscd, with a master-key card in a third.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct BatchThroughPCSCTests {
    private static let names = [
        KeyName.transport, KeyName(.credit, 1), KeyName(.usage, 1), KeyName(.admin, 1), KeyName(.transfer, 1),
    ]

    private static func master(_ name: KeyName) -> Secret {
        Secret(copying: [UInt8](repeating: name.purpose.rawValue << 4 | name.version, count: 16))
    }

    private static func eid(_ number: UInt32) -> PartyID {
        PartyID(issuer: 0x00A1_B2C3, kind: .subscriberCard, number: number)
    }

    private static func masterKeyCard() throws -> ValueCard {
        let image = MasterKeyImage(
            keys: names.map { ValueElement.StoredKey(name: $0, key: master($0)) }, pins: ["1234"],
            rules: DeskRules(first: eid(0), count: 10, allowing: IssuingRules.issuing))
        let element = ElementImage(issued: PartyID(issuer: 0x00A1_B2C3, kind: .masterKeyCard, number: 1))
        return try ValueCard(VolatileMemory(ValueCard.records(image, element: element)))
    }

    private static func blank(_ number: UInt32) throws -> ValueCard {
        let suite = try CipherSuite()
        let transport = suite.elementKey(master(.transport), .transport, for: eid(number))
        return try ValueCard(VolatileMemory(ValueCard.blank(eid(number), transportKey: transport)))
    }

    /// The next card is inserted once the one before was reported.
    private func feed(
        _ numbers: [UInt32], _ slot: Int, _ readers: VirtualReaders, _ reported: AsyncStream<Void>
    ) async throws {
        var reports = reported.makeAsyncIterator()
        for number in numbers {
            let card = try await readers.insert(Self.blank(number), slot: slot)
            _ = await reports.next()
            await card.remove()
            try await readers.waitUntilVacant(slot)
        }
    }

    @Test(.timeLimit(.minutes(10))) func `four cards in two readers`() async throws {
        try await VirtualReaders.lend(3) { readers in
            let master = try await readers.insert(Self.masterKeyCard(), slot: 0)
            let relay = ChannelRelay()
            let masterCard = try await readers.connect(slot: 0)
            async let served: Void = masterCard.withTransaction { channel in
                let card = MasterKeyCard(GetResponseChannel(channel))
                try card.select()
                try card.verify(PIN(Secret(copying: Array("1234".utf8))), of: KeyCustodian.all[0])
                relay.serve(GetResponseChannel(channel))
            }
            let row = "next,gas:00A1B2C3-02-000078,EUR,200\n"
            let order = try BatchOrder(csv: "eid,purses,currency,limit\n" + row + row + row + row)
            let suite = try CipherSuite()
            let desk = IssuingDesk(authority: MasterKeyCardAuthority(relay), journal: MemoryJournal()) {
                Timestamp(rawValue: 0)
            }
            let held = Self.names.map { KeyDescriptor($0, suite.checkValue(of: Self.master($0))) }
            let batch = IssuingBatch(try BatchRun(order, by: desk, held: held, results: BatchResults()))
            let stations = [1, 2].map { ReaderStation(readers.slots[$0].reader, of: readers.service) }
            let streams = [AsyncStream<Void>.makeStream(), AsyncStream<Void>.makeStream()]
            async let first: Void = feed([1, 2], 1, readers, streams[0].stream)
            async let second: Void = feed([3, 4], 2, readers, streams[1].stream)
            let issued = Mutex<Set<PartyID>>([])
            let continuations = streams.map(\.continuation)
            try await batch.issue(at: stations) { report in
                if report.outcome.result == .issued, let eid = report.outcome.eid {
                    issued.withLock { _ = $0.insert(eid) }
                }
                continuations[report.station == stations[0].name ? 0 : 1].yield()
            }
            #expect(batch.progress == BatchProgress(total: 4, issued: 4, failed: 0))
            #expect(issued.withLock { $0 } == Set((1...4).map(Self.eid)))
            try await first
            try await second
            relay.close()
            try await served
            try await masterCard.disconnect(.leave)
            await master.remove()
        }
    }
}
