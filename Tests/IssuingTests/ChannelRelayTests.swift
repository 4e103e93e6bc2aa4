import Dispatch
import ISO7816
import Issuing
import Testing
import ValueElement
import ValueProtocol

@Suite struct ChannelRelayTests {
    @Test(.timeLimit(.minutes(10))) func `a whole issue through a relay`() async throws {
        let bench = try IssuingBench()
        let relay = ChannelRelay()
        nonisolated(unsafe) let master = bench.master
        let served = Task {
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    relay.serve(master)
                    continuation.resume()
                }
            }
        }
        let desk = IssuingDesk(authority: MasterKeyCardAuthority(relay), journal: bench.journal) {
            Timestamp(rawValue: 0)
        }
        let plan = try bench.plan()
        _ = try desk.issue(plan, over: bench.element)
        relay.close()
        await served.value
        try bench.expectIssued(as: plan, "through the relay")
        let select = try CommandAPDU([0x00, 0xA4, 0x04, 0x00])
        #expect(throws: CardError(.readerUnavailable, subject: "")) { try relay.transmit(select) }
    }
}
