import Foundation
import Grid
import ISO7816
import PowerLine
import Synchronization
import TestSupport
import Testing
import ValueProtocol

/// A unit on its line over real sockets, with meters on threads of their own.
@Suite("A local unit's driver") struct LocalUnitDriverTests {
    private static let unit = PartyID(issuer: 0xA1, kind: .localUnit, number: 9)

    private static func meter(_ number: UInt32) -> PartyID {
        PartyID(issuer: 0xA1, kind: .electricMeter, number: number)
    }

    private func exchange(_ number: UInt64, with meter: PartyID, _ command: [UInt8]) -> TrunkExchange {
        TrunkExchange(
            ExchangeID(origin: 1, number: number), with: meter, .element, .load, timeLeft: .seconds(600),
            command: command)
    }

    /// Runs a unit over these lines while `body` runs; `joined` brings each meter that has proved its station.
    private func withUnit(
        _ addresses: [LineAddress], _ folder: URL,
        _ body: (LocalUnitDriver, _ joined: AsyncStream<PartyID>) async throws -> Void
    ) async throws {
        var configuration = LocalUnit.Configuration(Self.unit, HDLCTiming(addresses))
        configuration.expected = addresses.count
        let (joined, tell) = AsyncStream<PartyID>.makeStream()
        let driver = try LocalUnitDriver(
            configuration, over: addresses, stations: StationListFile(at: "\(folder.path)/stations"),
            clock: 1_800_000_000, element: EchoElement()
        ) { event in
            if case .report(.joined(let meter, _)) = event { tell.yield(meter) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await driver.run() }
            try await body(driver, joined)
            driver.stop()
        }
    }

    @Test func `meters on several carriers are one line, and each is served at its station`() async throws {
        try await withTemporaryFolderAsync { folder in
            var meters: [MeterThread] = []
            for number in 1...3 as ClosedRange<UInt32> {
                meters.append(try await MeterThread(Self.meter(number), .tcp(host: "127.0.0.1", port: 0), folder))
            }
            let addresses = meters.map(\.address)
            try await withUnit(addresses, folder) { driver, joined in
                var missing = Set((1...3 as ClosedRange<UInt32>).map(Self.meter))
                for await meter in joined {
                    missing.remove(meter)
                    if missing.isEmpty { break }
                }
                #expect(driver.meters.count == 3)
                for number in 1...3 as ClosedRange<UInt32> {
                    let outcome = await driver.carry(
                        exchange(UInt64(number), with: Self.meter(number), [UInt8(number)]))
                    #expect(outcome == .answered([UInt8(number), 0x90, 0x00]))
                }
                #expect(await driver.carry(exchange(10, with: Self.unit, [7])) == .answered([7, 0x90, 0x00]))
                #expect(await driver.carry(exchange(11, with: Self.meter(8), [7])) == .notSent(.unknownMeter))
                // A meter that is restarted has its station.
                await meters[1].stop()
                meters[1] = try await MeterThread(Self.meter(2), addresses[1], folder)
                // What it was asked while it was away may end as perhaps done; its connection is then made anew.
                _ = await driver.carry(exchange(12, with: Self.meter(2), [8]))
                #expect(await driver.carry(exchange(13, with: Self.meter(2), [9])) == .answered([9, 0x90, 0x00]))
            }
            // So has a unit, which needs nobody to join.
            try await withUnit(addresses, folder) { driver, _ in
                #expect(driver.meters.count == 3)
                #expect(await driver.carry(exchange(14, with: Self.meter(3), [9])) == .answered([9, 0x90, 0x00]))
            }
            for meter in meters { await meter.stop() }
        }
    }

    @Test func `a list that is damaged is not taken for an empty one`() throws {
        try withTemporaryFolder { folder in
            let path = "\(folder.path)/stations"
            try StationListFile(at: path).append([
                .began(epoch: 5, client: 0x20), .given(Self.meter(1), station: 0x10), .withdrawn(Self.meter(1)),
                .given(Self.meter(2), station: 0x111),
            ])
            #expect(try StationListFile(at: path).list?.all == [Self.meter(2)])
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try text.replacing("given", with: "giver").write(toFile: path, atomically: false, encoding: .utf8)
            #expect(throws: UnitError(.listUnreadable, "\(path), line 3")) { try StationListFile(at: path) }
        }
    }
}

/// An element that answers with what it is asked.
private final class EchoElement: LocalUnitElement {
    let answerToReset: [UInt8] = [0x3B, 0x00]
    func reset() {}
    func measure() {}
    func end() {}
    func process(_ command: [UInt8]) -> [UInt8] { command + [0x90, 0x00] }
}

/// A meter's end of a line, served on a thread until it is stopped.
private final class MeterThread: Sendable {
    private final class Flag: Sendable { let isSet = Atomic(false) }

    let address: LineAddress
    private let stops = Flag()
    private let ended: AsyncStream<Void>

    init(_ meter: PartyID, _ address: LineAddress, _ folder: URL) async throws {
        let (addresses, tell) = AsyncThrowingStream<LineAddress, any Error>.makeStream()
        let (ended, end) = AsyncStream<Void>.makeStream()
        self.ended = ended
        let file = StationFile(at: "\(folder.path)/\(meter)", of: meter)
        Thread.detachNewThread { [stops] in
            do {
                let server = try MeterLineServer(address, stationFile: file)
                tell.yield(server.address)
                let element = EchoElement()
                while !stops.isSet.load(ordering: .acquiring) { server.serve(for: .milliseconds(20), element) }
                tell.finish()
            } catch {
                tell.finish(throwing: error)
            }
            end.finish()
        }
        var served: LineAddress?
        for try await address in addresses {
            served = address
            break
        }
        self.address = try #require(served)
    }

    func stop() async {
        stops.isSet.store(true, ordering: .releasing)
        for await _ in ended {}
    }
}
