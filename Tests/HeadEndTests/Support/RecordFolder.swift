import HeadEnd
import Records
import RecordsSQLite
import TestSupport
import TestWorlds
import ValueProtocol

extension TemporaryFolder {
    var recordFile: String { path + "/records" }

    /// A record file whose process crashes at `moment`.
    func records(_ keys: HostKeys, dyingAt process: DyingProcess) throws(HostError) -> RecordFile {
        try RecordFile(DatabaseOpening(existing: recordFile), auditKey: keys.auditKey) { try process.pass($0) }
    }
}
