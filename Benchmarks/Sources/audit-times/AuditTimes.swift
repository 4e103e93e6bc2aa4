import CAuditPeer
import CardCrypto
import Foundation
import Records
import RecordsSQLite
import ValueProtocol

/// Times the verification of a record file's audit trail, beside a C program that reads and hashes the same rows on one
/// thread, and one that only reads them.
///
/// Usage: audit-times FOLDER [ENTRIES [TURNS]]
@main
struct AuditTimes {
    static let keyBytes: [UInt8] = Array(1...32)

    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count > 1 else {
            print("audit-times FOLDER [ENTRIES [TURNS]]")
            return
        }
        let count = arguments.count > 2 ? Int64(arguments[2]) ?? 0 : 1_000_000
        let turns = arguments.count > 3 ? Int(arguments[3]) ?? 0 : 5
        precondition(count > 0 && turns > 0, "entries and turns are numbers above 0")
        let path = arguments[1] + "/records"
        let key = Secret(copying: keyBytes)
        try RecordFile.create(at: path, auditKey: key).close()
        precondition(audit_peer_fill(path, keyBytes, count, 1000) == 0, "the peer could not write the entries")
        let records = try RecordFile.open(at: path, auditKey: key)
        var (ratios, floors): ([Double], [Double]) = ([], [])
        for turn in 1...turns {
            let clock = ContinuousClock()
            let before = processorSeconds()
            var verified = 0
            let ours = seconds(try clock.measure { verified = try records.verifyTrail() })
            let oursOnProcessors = processorSeconds() - before
            precondition(verified == Int(count), "\(verified) entries were verified")
            let peer = audit_peer_verify(path, keyBytes, count)
            let read = audit_peer_read(path, count)
            precondition(peer > 0 && read > 0, "the peer failed")
            print(
                "turn \(turn), \(count) entries: \(text(ours)) s (\(text(oursOnProcessors)) s of processors), "
                    + "C \(text(peer)) s, C that only reads \(text(read)) s")
            ratios.append(ours / peer)
            floors.append(ours / read)
        }
        print("median of turns: ours / C \(median(ratios)), ours / reading alone \(median(floors))")
    }

    /// Of all threads of this process.
    private static func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    private static func median(_ values: [Double]) -> String { text(values.sorted()[values.count / 2]) }

    private static func text(_ value: Double) -> String { String(format: "%.2f", value) }
}
