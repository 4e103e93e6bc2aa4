import Foundation
import TestPrograms
import Testing

/// Output that could not be written makes the program fail, whatever else it did.
@Suite struct OutputTests {
    /// Runs the program with its standard output on `/dev/full`.
    private func runOnFullDisk(_ program: VStoreProgram, _ arguments: [String]) throws -> (Int32, String) {
        let process = Process()
        process.executableURL = BuiltProgram.vstore
        process.arguments = arguments
        process.environment = ["VSTORE_HOME": program.home.path, "PATH": "/usr/bin:/bin", "HOME": program.home.path]
        let errors = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: "/dev/full"))
        process.standardError = errors
        try process.run()
        let text = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: text, as: UTF8.self))
    }

    @Test func `a result that found no space is an error`() throws {
        try VStoreProgram.withHome { program in
            for arguments in [["apdu", "tlv", "6F00"], ["--help"]] {
                let (status, errors) = try runOnFullDisk(program, arguments)
                #expect(status == 74, "\(arguments)")
                #expect(errors.contains("standard output: cannot be written (No space left on device)"))
            }
        }
    }

    @Test func `a trace that found no space is an error, and a device stays one`() throws {
        try VStoreProgram.withHome { program in
            let outcome = try program.run(["apdu", "decode", "--output", "/dev/full", "-"], input: "00A4040000\n")
            #expect(outcome.status == 74)
            #expect(outcome.errors.contains("/dev/full"))
            let type = try FileManager.default.attributesOfItem(atPath: "/dev/full")[.type] as? FileAttributeType
            #expect(type == .typeCharacterSpecial)
        }
    }

    @Test func `a trace goes through a device`() throws {
        try VStoreProgram.withHome { program in
            let outcome = try program.run(["apdu", "decode", "--output", "/dev/stdout", "-"], input: "00A4040000\n")
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("SELECT"))
        }
    }
}
