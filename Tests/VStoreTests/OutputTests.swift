import Foundation
import Testing

/// Output that could not be written makes the program fail, whatever else it did.
@Suite struct OutputTests {
    @Test func `a result that found no space is an error`() throws {
        try VStoreProgram.withHome { program in
            for arguments in [["apdu", "tlv", "6F00"], ["--help"]] {
                let outcome = try program.run(arguments, output: URL(filePath: "/dev/full"))
                #expect(outcome.status == 74, "\(arguments)")
                #expect(outcome.errors.contains("standard output: cannot be written (No space left on device)"))
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
