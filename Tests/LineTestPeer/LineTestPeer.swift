import CardCrypto
import Foundation
import HeadEnd
import Records
import RecordsSQLite
import ValueProtocol

/// One party of a line as a separate process, so that a test can kill it: a meter, or the host.
///
/// `make FILE` · `year FILE` · `meter FILE` · `element FILE` · `show FILE` · `records FILE` · `host FILE PORT SEED FIRST END`
@main enum LineTestPeer {
    /// The same keys in every process.
    static func keys() throws -> HostKeys {
        let keys = try HostKeys(pid: PartyID(issuer: 0xA1B2C3, kind: .host, number: 7))
        for purpose in Purpose.allCases {
            keys.hold(
                Secret(copying: [UInt8](repeating: purpose.rawValue << 4 | 1, count: 16)), as: KeyName(purpose, 1))
        }
        return keys
    }

    static let meter = PartyID(issuer: 0xA1B2C3, kind: .electricMeter, number: 0x77)
    static let euro = Currency(rawValue: 978)

    static func main() throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments[0] {
        case "make": try MeterParty.make(arguments[1])
        case "meter": try MeterParty.serve(arguments[1])
        case "year": try YearParty.serve(arguments[1])
        case "element": try MeterParty.serveElement(arguments[1])
        case "show": try MeterParty.show(arguments[1])
        // Without an audit key, so that the test reads the file without one.
        case "records": try RecordFile.create(at: arguments[1], auditKey: nil).close()
        default:
            try HostParty(
                records: arguments[1], port: UInt16(arguments[2]) ?? 0, seed: UInt64(arguments[3]) ?? 0
            ).work(from: Int(arguments[4]) ?? 0, to: Int(arguments[5]) ?? 0)
        }
    }
}

/// Prints a line without buffering: the reader acts on it.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
