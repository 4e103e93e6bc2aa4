import CardCrypto
import Foundation
import Meter
import Metrology
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// The published session of a local unit, answered by one that has measured what the vector lists.
@Suite struct LocalUnitVectorTests {
    private struct Vector: Decodable {
        struct Element: Decodable { let image: Image }
        struct Elements: Decodable { let elements: [Element] }
        struct Random: Decodable { let element: [String] }
        struct Setup: Decodable {
            let elements: [Element]
            let random: Random
        }
        struct Key: Decodable {
            let purpose, version: UInt8
            let key: String
        }
        struct Usage: Decodable {
            let series: UInt8
            let records: [String]
        }
        struct Image: Decodable {
            let eid: String
            let nt, clock: UInt32
            let keys: [Key]
            let usage: [Usage]
        }

        let setup: Setup
        let steps: [APDUTranscript.Step]
        let final: Elements
    }

    /// The random numbers that a vector lists, in order.
    private final class ListedRandomness: RandomSource {
        private var left: [AESBlock]
        init(_ blocks: [AESBlock]) { left = blocks }

        func block() throws(CryptoError) -> AESBlock {
            guard !left.isEmpty else { throw CryptoError(.noRandomness, "the vector") }
            return left.removeFirst()
        }
    }

    @Test func `a unit that measured the vector's use answers as it does`() throws {
        let file = APDUTranscript.folder.appending(path: "vectors/local-unit.json")
        let vector = try JSONDecoder().decode(Vector.self, from: Data(contentsOf: file))
        let listed = vector.setup.elements[0].image
        let eid = try #require(PartyID(listed.eid))
        var image = ElementImage(
            issued: eid,
            keys: try listed.keys.map {
                StoredKey(
                    name: KeyName(try #require(Purpose(rawValue: $0.purpose)), $0.version),
                    key: Secret(copying: hex($0.key)))
            })
        image.nt = listed.nt
        let configuration = TransformerConfiguration(phases: 1, transformer: CurrentTransformer(primary: 400))
        let memory = VolatileMemory(
            TransformerMeter.records(
                eid, transportKey: Secret(copying: [UInt8](repeating: 0, count: 16)), configuration
            )
            .merging(ValueCard.records(image)) { $1 })
        let crystal = TransformerWorld.Crystal(listed.clock)
        let randomness = ListedRandomness(try vector.setup.random.element.map { try #require(AESBlock(hex($0))) })
        let meter = try TransformerMeter(
            memory, parts: TransformerParts(clock: AdjustableClock { crystal.seconds }, randomness: randomness))

        // The vector's clock is at the start of its first quarter hour again.
        let records = try #require(listed.usage.first { $0.series == UsageSeries.quarterHours.rawValue }).records
        for record in try records.map({ try #require(UsageRecord(hex($0))) }) {
            crystal.seconds = record.start.rawValue
            try meter.tick()
            try meter.count([Energy(wattHours: record.quantity)])
        }
        crystal.seconds = listed.clock
        try meter.tick()

        try meter.reset()
        for step in vector.steps {
            #expect(try meter.process(hex(step.command)) == hex(step.response), "\(step.label)")
        }
        #expect(vector.steps.count >= 8)
        let last = vector.final.elements[0].image
        #expect(meter.usage(.quarterHours).map(\.bytes) == records.map { hex($0) })
        #expect(meter.time.rawValue == last.clock)
        #expect(try ValueCard.images(in: memory).element.nt == last.nt)
    }
}
