import DurableFiles
import Foundation
import HeadEnd
import SystemPackage
import TestPrograms
import Testing
import ValueElement

@testable import vstore

/// A disk that is full is told as that, with what to do.
@Suite struct FullDiskTests {
    @Test(arguments: [Errno.noSpace, .diskQuotaExceeded]) func `the cause is found behind other errors`(number: Errno) {
        let file = FileError(.diskFull, "/a", cause: number)
        for error: any Error in [
            file, MemoryError(.writeFailed, "/a", cause: file), MemoryError(.writeFailed, "/a", cause: number),
        ] {
            #expect(explained(error).hasSuffix(FullDisk.remedy), "\(explained(error))")
        }
        let other = MemoryError(
            .writeFailed, "/a", cause: FileError(.notPermitted, "/a", cause: Errno.permissionDenied))
        #expect(!explained(other).contains(FullDisk.remedy))
    }

    /// /dev/full answers every write as a full disk does.
    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func `a file that a user named is named, and the option for another`() throws {
        try VStoreProgram.withHome { vstore in
            _ = try vstore.run(
                "card blank --file card --id 00A1B2C3-10-011234 --transport-key-file -",
                input: "00112233445566778899AABBCCDDEEFF\n")
            let trace = try vstore.run("apdu send --card card 00CA010000 --trace-file /dev/full --trace-format json")
            #expect(trace.status == 74)
            #expect(
                trace.errors.contains(
                    "/dev/full: no space left on its disk: free some, or choose another place with --trace-file."),
                "\(trace)")
            let junit = try vstore.run("apdu script - --card card --junit /dev/full", input: "00CA010000\n")
            #expect(junit.status == 74)
            #expect(
                junit.errors.contains(
                    "/dev/full: no space left on its disk: free some, or choose another place with --junit."),
                "\(junit)")
            let output = try vstore.run(
                ["apdu", "send", "--card", "card", "00CA010000"], output: URL(filePath: "/dev/full"))
            #expect(output.status == 74 && output.errors.contains("standard output: no space left"), "\(output)")
        }
    }
}
