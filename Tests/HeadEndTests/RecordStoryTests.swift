import Foundation
import HeadEnd
import Testing
import ValueProtocol

@Suite struct RecordStoryTests {
    @Test func make() throws {
        let folder = ProcessInfo.processInfo.environment["RECORD_STORY"] ?? ""
        guard !folder.isEmpty else { return }
        for (name, key) in [("keyed", RecordStory.auditKey), ("unkeyed", nil)] as [(String, Secret?)] {
            let records = try RecordFile.create(at: folder + "/" + name + ".records", auditKey: key)
            let story = try RecordStory(records)
            try story.tell()
            try records.verify(against: story.marks)
            let marks = story.marks.map { "\($0)\n" }.joined()
            try Data(marks.utf8).write(to: URL(fileURLWithPath: folder + "/" + name + ".marks"))
            try records.close()
        }
    }
}
