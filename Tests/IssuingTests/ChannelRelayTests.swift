import Dispatch
import ISO7816
import Issuing
import TestSupport
import Testing
import ValueElement
import ValueProtocol

@Suite struct ChannelRelayTests {
    @Test(.timeLimit(.minutes(10))) func `a whole issue through a relay`() async throws {
        let bench = try IssuingBench()
        let relay = ChannelRelay()
        nonisolated(unsafe) let (master, shared) = (bench.master, bench)
        let served = DispatchGroup()
        DispatchQueue(label: "master-key card").async(group: served) { relay.serve(master) }
        let plan = try bench.plan()
        try await offPool {
            let desk = IssuingDesk(authority: MasterKeyCardAuthority(relay), journal: shared.journal) {
                Timestamp(rawValue: 0)
            }
            _ = try desk.issue(plan, over: shared.element)
            relay.close()
            served.wait()
        }
        try bench.expectIssued(as: plan, "through the relay")
        let select = try CommandAPDU([0x00, 0xA4, 0x04, 0x00])
        #expect(throws: CardError(.readerUnavailable, subject: "")) { try relay.transmit(select) }
    }
}
