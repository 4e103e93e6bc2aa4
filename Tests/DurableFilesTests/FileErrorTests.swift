import Diagnostics
import DurableFiles
import Foundation
import SystemPackage
import Testing

@Suite struct FileErrorTests {
    @Test func `the numbers of codes are stable`() {
        #expect(
            FileError.Code.allCases.map(\.rawValue) == Array(1...15)
                && FileError.Code.missing.rawValue == 1 && FileError.Code.locked.rawValue == 5
                && FileError.Code.notSynchronized.rawValue == 13 && FileError.Code.wrongHeader.rawValue == 15)
        #expect(Set(FileError.Code.allCases.map(\.description)).count == FileError.Code.allCases.count)
    }

    @Test func `an error names file, fault and reason, and is equal by its code`() {
        let error = FileError(.diskFull, "/tmp/a", cause: Errno.noSpace)
        #expect(error.description == "/tmp/a: the disk is full (No space left on device)")
        #expect(error == FileError(.diskFull, "/b"))
        #expect(error != FileError(.notWritten, "/tmp/a", cause: Errno.noSpace))
        #expect(error.explanation == "No space left on device")
        #expect(FileError(.notText, "/b").explanation == "is not a text in UTF-8")
        #expect(error.reason as? Errno == .noSpace)
        #expect(FileError(.notText, "/b").reason as? FileError == FileError(.notText, ""))
    }

    /// In /sys nobody creates a file, root included.
    @Test func `what the system forbids is not permitted`() throws {
        expect(.notPermitted) { try AtomicFile(at: "/sys/none").create([1]) }
    }
}
