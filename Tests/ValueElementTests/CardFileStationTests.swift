import CardCrypto
import Foundation
import ISO7816
import TestSupport
import Testing
import ValueElement
import ValueProtocol

@Suite("Emulated cards in files as a station") struct CardFileStationTests {
    private let temporary: TemporaryFolder
    private var folder: String { temporary.path }

    init() throws { temporary = try TemporaryFolder() }

    private func make(_ names: [String: UInt32]) throws {
        for (name, number) in names {
            let eid = PartyID(issuer: 1, kind: .subscriberCard, number: number)
            let key = Secret(copying: [UInt8](repeating: 7, count: 16))
            _ = try FileMemory.create(at: folder + "/" + name, ValueCard.blank(eid, transportKey: key))
        }
    }

    private func next(_ station: CardFileStation) async throws -> PartyID? {
        try await station.withNextCard { channel in
            Result { try ElementInfo.select(over: channel).eid }
        }?.get()
    }

    @Test func `a folder's cards are put in by name, each once`() async throws {
        try make(["b": 2, "a": 1])
        let station = try CardFileStation(folder)
        #expect(station.name == folder)
        #expect(try await next(station)?.number == 1)
        #expect(try await next(station)?.number == 2)
        #expect(try await next(station) == nil)
    }

    @Test func `a file is one card, and the observer stands before its channel`() async throws {
        try make(["a": 1])
        let path = folder + "/a"
        let station = try CardFileStation(path) { channel, name in Silent(expects: name == path ? channel : nil) }
        let status = try await station.withNextCard { channel in
            Result {
                try channel.transmit(try CommandAPDU(cla: 0, ins: 0xCA, p1: 1, p2: 0, data: [], expectedLength: 256))
                    .status
            }
        }
        #expect(try status?.get() == StatusWord(rawValue: 0x6F00))
        #expect(try await next(station) == nil)
    }

    @Test func `what is not a card is an error of that card`() async throws {
        #expect(throws: MemoryError(.missing, "")) { try CardFileStation(folder + "/nothing") }
        try Data("no card".utf8).write(to: URL(filePath: folder + "/text"))
        let station = try CardFileStation(folder)
        await #expect(throws: MemoryError.self) { try await next(station) }
        #expect(try await next(station) == nil)
    }

    /// Answers instead of the card behind it.
    private struct Silent: CardChannel {
        let expects: InProcessChannel?

        func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
            guard expects != nil else { throw CardError(.noCard, subject: "observer") }
            do {
                return try ResponseAPDU([0x6F, 0x00])
            } catch {
                throw CardError(.malformedAnswer, subject: "observer", cause: error)
            }
        }
    }
}
