import CCreditPeer
import CardCrypto
import Foundation
import ISO7816
import ValueElement
import ValueProtocol

/// Times whole STORE CREDITs, both ends in this process and their memory in RAM, against the libcrypto calls that it
/// makes, alternating in one run.
@main
struct CreditTimes {
    static let eid = PartyID(issuer: 1, kind: .subscriberCard, number: 1)
    static let host = PartyID(issuer: 1, kind: .host, number: 1)

    /// The host's master key, from which each session derives the element's.
    final class OneMasterKey: KeySource, ElementRegister {
        let master = Secret(copying: (0..<16).map { UInt8($0) })
        var nt: UInt32 = 0
        func elementKey(_ name: KeyName, of eid: PartyID, _ suite: CipherSuite) -> Secret? {
            suite.elementKey(master, name, for: eid)
        }
        func cardToMeterKey(version: UInt8, meter: PartyID, card: PartyID, _ suite: CipherSuite) -> Secret? { nil }
        func lastNT(of eid: PartyID) throws(SessionError) -> UInt32? { nt }
        func highestVersion(of purpose: Purpose, for eid: PartyID) throws(SessionError) -> UInt8? { 1 }
        func wasIssued(_ eid: PartyID) throws(SessionError) -> Bool { true }
        func recordGenuine(_ identity: SessionIdentity) throws(SessionError) { nt = identity.nt }
        func recordLoadedKeys(_ keys: [KeyName], to eid: PartyID) throws(SessionError) {}
        func recordIssued(_ eid: PartyID) throws(SessionError) {}
    }

    static func main() throws {
        let rounds = CommandLine.arguments.dropFirst().first.flatMap(UInt64.init) ?? 100_000
        let suite = try CipherSuite()
        let keys = OneMasterKey()
        var image = ElementImage(blank: eid, transportKey: nil)
        image.state = .issued
        let name = KeyName(.credit, 1)
        image.put(StoredKey(name: name, key: suite.elementKey(keys.master, name, for: eid)))
        image.put(Purse(service: .gas, currency: Currency(rawValue: 978), limit: .all))
        let channel = try InProcessChannel(try ValueCard(VolatileMemory(ValueCard.records(image))))
        let authority = SoftwareAuthority(
            pid: host, keys: keys, register: keys, randomness: SystemRandomness(), suite: suite)
        let info = try ElementInfo.select(over: channel)

        var htxn: UInt64 = 0
        func credits() throws -> Double {
            var start = timespec()
            var end = timespec()
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &start)
            for _ in 0..<rounds {
                htxn += 1
                var conversation = try ElementConversation(with: info, over: channel, by: authority, key: name)
                let order = CreditOrder(
                    htxn: HostTransaction(rawValue: htxn), service: .gas, currency: Currency(rawValue: 978),
                    amount: Amount(rawValue: 1), time: Timestamp(rawValue: 0))
                let result = try conversation.execute(StoreCredit(order))
                precondition(result.answer?.balance == Amount(rawValue: htxn), "a credit was lost")
            }
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end)
            return Double(end.tv_sec - start.tv_sec) + Double(end.tv_nsec - start.tv_nsec) * 1e-9
        }

        var ours: [Double] = []
        var plain: [Double] = []
        var frugal: [Double] = []
        let mallocs = credit_allocations()
        for turn in 0..<8 {
            let a = try credits()
            let b = credit_peer_run(rounds, 0)
            let c = credit_peer_run(rounds, 1)
            precondition(b > 0 && c > 0, "libcrypto failed")
            guard turn > 0 else { continue }
            ours.append(a)
            plain.append(b)
            frugal.append(c)
        }
        func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
        let each = 1e6 / Double(rounds)
        print("STORE CREDIT, both ends, INITIALIZE and EXECUTE, memory in RAM; 7 turns of \(rounds), CPU time")
        print(
            String(
                format: "  ours             %7.2f us   %8.0f per second, %.0f allocations each", median(ours) * each,
                Double(rounds) / median(ours), Double(credit_allocations() - mallocs) / Double(8 * rounds)))
        func report(_ name: String, _ peer: [Double]) {
            let ratios = zip(ours, peer).map { $0 / $1 }
            print(
                String(
                    format: "  %@ %7.2f us   ratio %.3f (%.3f to %.3f)", name, median(peer) * each, median(ratios),
                    ratios.min() ?? 0, ratios.max() ?? 0))
        }
        report("libcrypto alone, a key set up and numbers drawn at each step", plain)
        report("libcrypto alone, keys that stay set up once, numbers drawn together, as ours does", frugal)
    }
}
