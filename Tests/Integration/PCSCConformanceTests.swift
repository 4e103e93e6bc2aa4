import CardIO
import CardIOTesting
import ISO7816
import Testing

/// PC/SC passes the conformance suite for carriers, with a card in a virtual reader.
@Suite(.enabled(if: PrivatePCSCD.missing == nil, "\(PrivatePCSCD.missing ?? "")"))
struct PCSCConformanceTests {
    actor Carrier: CarrierUnderTest {
        let readers: VirtualReaders
        nonisolated let card = ReferenceCard()
        let virtual: VirtualReaderCard
        var connection: Card

        init(_ readers: VirtualReaders) async throws {
            self.readers = readers
            virtual = try await readers.insert(card)
            connection = try await readers.connect()
        }

        func withChannel(_ body: sending @escaping (any CardChannel) throws -> Void) async throws {
            try await connection.withTransaction { try body($0) }
        }

        func reset() async throws { try await connection.reset() }

        func revive() async throws {
            try await readers.insert(virtual)
            connection = try await readers.connect()
        }
    }

    @Test(arguments: CarrierConformance.Check.allCases)
    func `the PC/SC carrier passes`(check: CarrierConformance.Check) async throws {
        try await VirtualReaders.lend { readers in
            let carrier = try await Carrier(readers)
            // A frame of the virtual reader has a length of 16 bits.
            let conformance = CarrierConformance(maxCommandLength: 65_535, maxAnswerLength: 65_533)
            try await conformance.run(check, on: carrier)
            await carrier.virtual.remove()
        }
    }
}
