import Foundation
import TestPrograms
import Testing

/// Output that could not be written makes the program fail, whatever else it did.
@Suite struct OutputTests {
    @Test func `a result that found no space is an error`() throws {
        try VStoreProgram.withHome { program in
            for arguments in [["apdu", "tlv", "6F00"], ["--help"]] {
                let outcome = try program.run(arguments, output: URL(filePath: "/dev/full"))
                #expect(outcome.status == 74, "\(arguments)")
                #expect(outcome.errors.contains("standard output: no space left on its disk"))
            }
        }
    }

    @Test func `a refusal whose result found no space is an error of output`() throws {
        try VStoreProgram.withHome { program in
            for (name, text) in [("a.hex", "00A4040000\n9000\n"), ("b.hex", "00A4040000\n6A82\n")] {
                try Data(text.utf8).write(to: program.home.appending(path: name))
            }
            let arguments = ["apdu", "diff", "a.hex", "b.hex"]
            #expect(try program.run(arguments, in: program.home).status == 1)
            let outcome = try program.run(arguments, output: URL(filePath: "/dev/full"), in: program.home)
            #expect(outcome.status == 74)
            #expect(outcome.errors.contains("standard output: no space left on its disk"))
        }
    }

    @Test(arguments: ["apdu send 0", "apdu send --card card --trace 00CA010000"])
    func `standard error that found no space is an error`(line: String) throws {
        try VStoreProgram.withHome { program in
            let made = try program.run(
                "card blank --file card --id 00A1B2C3-10-011234 --transport-key-file -",
                input: "00112233445566778899AABBCCDDEEFF\n")
            #expect(made.status == 0)
            let outcome = try Program(
                "/bin/sh", ["-c", "\(BuiltProgram.vstore.path) \(line) 2>/dev/full"],
                environment: .only(["VSTORE_HOME": program.home.path])
            ).runBlocking()
            #expect(outcome.status == 74, "\(outcome)")
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

    @Test func `a trace is not written over what it is read from`() throws {
        try VStoreProgram.withHome { program in
            let file = program.home.appending(path: "t.hex")
            let other = program.home.appending(path: "other.hex")
            let text = "00A4040000\n9000\n"
            try Data(text.utf8).write(to: file)
            try FileManager.default.createSymbolicLink(at: other, withDestinationURL: file)
            for output in [file, other] {
                let outcome = try program.run(["apdu", "decode", file.path, "--output", output.path])
                #expect(outcome.status == 64 && outcome.errors.contains(output.path), "\(outcome)")
                #expect(try String(contentsOf: file, encoding: .utf8) == text)
            }
        }
    }

    @Test(arguments: [("none.hex", 74), ("wrong.hex", 1)])
    func `what cannot be read leaves the output as it was`(input: String, status: Int32) throws {
        try VStoreProgram.withHome { program in
            let output = program.home.appending(path: "t.jsonl")
            try Data("before".utf8).write(to: output)
            try Data("not a command\n".utf8).write(to: program.home.appending(path: "wrong.hex"))
            let outcome = try program.run(
                ["apdu", "decode", "--format", "hex", input, "--output", output.path], in: program.home)
            #expect(outcome.status == status, "\(outcome)")
            #expect(try String(contentsOf: output, encoding: .utf8) == "before")
            let names = try FileManager.default.contentsOfDirectory(atPath: program.home.path)
            #expect(Set(names) == ["t.jsonl", "wrong.hex"])
        }
    }

    @Test func `a trace goes through a device`() throws {
        try VStoreProgram.withHome { program in
            let outcome = try program.run(["apdu", "decode", "--output", "/dev/stdout", "-"], input: "00A4040000\n")
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("SELECT"))
        }
    }

    /// Each option that names a file for output, and what stands before it.
    static let outputs = [
        "meter test --seconds 1 --channel 220:50 --svg", "apdu script script.apdu --card card --junit",
        "apdu send 00CA010000 --card card --trace-file",
        "apdu decode t.hex --output",
    ]

    private func withInputs(_ body: (VStoreProgram) throws -> Void) throws {
        try VStoreProgram.withHome { program in
            try Data("00CA010000\n#= * 9000\n".utf8).write(to: program.home.appending(path: "script.apdu"))
            try Data("00A4040000\n9000\n".utf8).write(to: program.home.appending(path: "t.hex"))
            let made = try program.run(
                "card blank --file card --id 00A1B2C3-10-011234 --transport-key-file -",
                input: "00112233445566778899AABBCCDDEEFF\n")
            #expect(made.status == 0)
            try body(program)
        }
    }

    @Test(arguments: outputs) func `a file that cannot be written is an error, by a link too`(line: String) throws {
        try withInputs { program in
            let link = program.home.appending(path: "link").path
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/full")
            for name in ["/dev/full", "link"] {
                let outcome = try program.run("\(line) \(name)", in: program.home)
                #expect(outcome.status == 74, "\(outcome)")
                #expect(outcome.errors.contains("\(name): "), "\(outcome)")
            }
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "/dev/full")
        }
    }

    @Test(arguments: outputs) func `a link to a file stays, and its target is replaced`(line: String) throws {
        try withInputs { program in
            let (link, target) = (program.home.appending(path: "link"), program.home.appending(path: "target"))
            try Data("before".utf8).write(to: target)
            try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "target")
            let outcome = try program.run("\(line) link", in: program.home)
            #expect(outcome.status == 0, "\(outcome)")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == "target")
            let text = try String(contentsOf: target, encoding: .utf8)
            #expect(!text.isEmpty && !text.contains("before"))
        }
    }

    /// What is opened later does not get the place of standard output.
    @Test func `a result for a closed output is an error and touches no file`() throws {
        try withInputs { program in
            let made = try program.run(
                "card blank --file ./c --id 00A1B2C3-10-011234 --transport-key-file -",
                input: "00112233445566778899AABBCCDDEEFF\n", in: program.home)
            #expect(made.status == 0)
            let card = program.home.appending(path: "c")
            let before = try Data(contentsOf: card)
            let outcome = try Program(
                "/bin/sh", ["-c", "\(BuiltProgram.vstore.path) card info --card ./c >&-"],
                environment: .only(["VSTORE_HOME": program.home.path]), in: program.home
            ).runBlocking()
            #expect(outcome.status == 74 && outcome.errors.contains("standard output"), "\(outcome)")
            #expect(try Data(contentsOf: card) == before)
        }
    }

    @Test(arguments: [
        (["apdu", "decode", "t.hex", "-o", "/dev/full"], "choose another place with --output"),
        (["apdu", "decode", "t.hex", "-o", "none/x"], "none/x: its folder does not exist"),
        (["card", "info", "--card", "/tmp"], "Check the name of the file."),
        (["apdu", "trace", "--trase-file", "x", "pcsc_scan"], "--trase-file is not an option of vstore apdu trace"),
    ])
    func `a place that is wrong is named with its remedy`(arguments: [String], words: String) throws {
        try VStoreProgram.withHome { program in
            try Data("00A4040000\n9000\n".utf8).write(to: program.home.appending(path: "t.hex"))
            let outcome = try program.run(arguments, in: program.home)
            #expect(outcome.status != 0 && outcome.errors.contains(words), "\(outcome)")
            #expect(!outcome.errors.contains("--home"), "\(outcome)")
        }
    }

    @Test func `the help of a command that passes options on is its own`() throws {
        try VStoreProgram.withHome { program in
            for option in ["--help", "-h"] {
                let outcome = try program.run(["apdu", "trace", option])
                #expect(outcome.status == 0 && outcome.output.contains("USAGE: vstore apdu trace"), "\(outcome)")
            }
        }
    }

    @Test(arguments: outputs, [">", ">>"])
    func `standard output by its name is added to`(line: String, sign: String) throws {
        try withInputs { program in
            let output = program.home.appending(path: "out")
            let outcome = try Program(
                "/bin/sh",
                ["-c", "(echo first; \(BuiltProgram.vstore.path) \(line) /dev/stdout; echo last) \(sign)out"],
                environment: .only(["VSTORE_HOME": program.home.path]), in: program.home
            ).runBlocking()
            let text = try String(contentsOf: output, encoding: .utf8)
            #expect(text.hasPrefix("first\n") && text.hasSuffix("last\n") && text.count > 40, "\(outcome) \(text)")
        }
    }
}
