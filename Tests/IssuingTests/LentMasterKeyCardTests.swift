import Dispatch
import ISO7816
import Issuing
import TestSupport
import Testing
import ValueProtocol

@Suite("A master-key card that is lent") struct LentMasterKeyCardTests {
    /// A channel to a master-key card, used by one thread at a time.
    private struct Reader: @unchecked Sendable {
        let channel: any CardChannel

        /// Lends the channel on a thread outside the cooperative pool.
        func withCard(_ body: sending @escaping (any CardChannel) throws -> Void) async throws {
            nonisolated(unsafe) let body = body
            let outcome: Result<Void, any Error> = await withCheckedContinuation { continuation in
                DispatchQueue.global().async { continuation.resume(returning: Result { try body(channel) }) }
            }
            try outcome.get()
        }
    }

    private struct Stop: Error {}

    @Test func `its authority serves from another thread, and issues a card`() async throws {
        let bench = try IssuingBench()
        let reader = Reader(channel: bench.master)
        let plan = try bench.plan()
        try await MasterKeyCardAuthority.lend(
            try TestKeys.pin("1231"), of: TestKeys.custodian(1), withCard: reader.withCard
        ) { authority in
            nonisolated(unsafe) let (authority, bench) = (authority, bench)
            try await offPool {
                let desk = IssuingDesk(authority: authority, journal: bench.journal) {
                    Timestamp(rawValue: 1_767_225_600)
                }
                _ = try desk.issue(plan, over: bench.element)
            }
        }
        try bench.expectIssued(as: plan, "lent")
    }

    @Test func `with a wrong PIN nothing begins`() async throws {
        let bench = try IssuingBench()
        let reader = Reader(channel: bench.master)
        let error = await #expect(throws: MasterKeyError.self) {
            try await MasterKeyCardAuthority.lend(
                try TestKeys.pin("9999"), of: TestKeys.custodian(1), withCard: reader.withCard
            ) { _ in Issue.record("the body began") }
        }
        #expect(error?.code == .wrongPIN)
    }

    @Test func `an error of the body gives the card back`() async throws {
        let bench = try IssuingBench()
        let reader = Reader(channel: bench.master)
        await #expect(throws: Stop.self) {
            try await MasterKeyCardAuthority.lend(
                try TestKeys.pin("1231"), of: TestKeys.custodian(1), withCard: reader.withCard
            ) { _ in throw Stop() }
        }
        // The card can be used again.
        try await reader.withCard { try MasterKeyCard($0).select() }
    }
}
