import Dispatch
import Records
import RecordsSQLite
import Synchronization
import TestSupport
import Testing
import ValueProtocol

/// Programs that open a record file before it exists, at once.
@Suite struct FirstOpeningTests {
    @Test(arguments: 1...10) func `connections that open a new file at once keep one trail`(round: Int) throws {
        let folder = try TemporaryFolder(isInMemory: true)
        let outcomes = Mutex<[Result<RecordFile, any Error>]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
            let outcome = Result<RecordFile, any Error> {
                try RecordFile.openOrCreate(at: folder.recordFile, auditKey: auditKey)
            }
            outcomes.withLock { $0.append(outcome) }
        }
        let files = try outcomes.withLock { $0 }.map { try $0.get() }
        for (index, file) in files.enumerated() {
            try file.setStatus(.lost, of: card(UInt32(index)), because: nil, at: Timestamp(rawValue: 1))
        }
        for file in files { #expect(try file.verify(against: []) == files.count) }
        #expect(try RecordFile.open(at: folder.recordFile, auditKey: auditKey).verify(against: []) == files.count)
    }
}
