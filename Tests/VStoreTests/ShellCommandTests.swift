import Foundation
import TestPrograms
import Testing

@Suite("Shell") struct ShellCommandTests {
    private func withCard<Value>(_ body: (VStoreProgram) throws -> Value) throws -> Value {
        try VStoreProgram.withHome { vstore in
            _ = try vstore.run(
                "card blank --file card --id 00A1B2C3-10-011234 --transport-key-file -",
                input: "00112233445566778899AABBCCDDEEFF\n")
            return try body(vstore)
        }
    }

    @Test func `lines of a pipe are done and recorded`() throws {
        try withCard { vstore in
            let file = vstore.home.appending(path: "recorded.apdu").path
            let outcome = try vstore.run(
                "apdu shell --card card",
                input: """
                    info
                    record \(file)
                    reset
                    select F05653544F5245
                    tlv
                    set eid = tag 6F/A5/80
                    get-data p1=01 p2=00 le=0
                    vars
                    record
                    quit
                    this is never read
                    """)
            #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
            #expect(outcome.output.contains("SELECT by DF name"))
            #expect(outcome.output.contains("    82  00"))
            #expect(outcome.output.contains("eid = 00 A1 B2 C3 10 01 12 34"))
            let script = try vstore.run(["apdu", "script", "--card", "card", file])
            #expect(script.status == 0, "\(script.output)")
            #expect(script.output.split(separator: "\n").count == 3)
        }
    }

    /// In a terminal, which `script` lends. The history would be in a folder that is a file.
    @Test func `a recording outlives a history that cannot be written`() throws {
        try withCard { vstore in
            let home = vstore.home.appending(path: "file")
            try Data().write(to: home)
            let recorded = vstore.home.appending(path: "recorded.apdu")
            let line =
                "\(BuiltProgram.vstore.path) apdu shell --home \(home.path) "
                + "--card \(vstore.home.appending(path: "cards/card").path)"
            let environment = ["TERM": "xterm", "PATH": "/usr/bin:/bin"]
            let running = try RunningProgram(
                Program("/usr/bin/script", ["-qec", line, "/dev/null"], environment: .only(environment)))
            defer { running.kill() }
            // What is typed before the prompt would be lines of the terminal, not keys.
            func waitForPrompt(after text: String) throws {
                try running.wait(for: text)
                try running.wait(for: "> ")
            }
            try waitForPrompt(after: "Ctrl-D leaves")
            try running.write("record \(recorded.path)\r")
            try waitForPrompt(after: "cannot be written")
            try running.write("00CA010000\r")
            try waitForPrompt(after: "state=blank")
            try running.write("\u{4}")
            #expect(running.waitForEnd() == 0)
            #expect(running.text.ranges(of: "cannot be written").count == 1, "\(running.text)")
            #expect(try String(contentsOf: recorded, encoding: .utf8).contains("00CA010000"))
        }
    }

    @Test func `what is not understood is reported and the rest is done`() throws {
        try withCard { vstore in
            let outcome = try vstore.run("apdu shell --card card --json", input: "what\n00CA010000\n")
            #expect(outcome.status == 1)
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.count == 2)
            #expect(lines.first?.contains("\"message\":\"what: is not a command. Type help") == true)
            #expect(lines.last?.contains("00A1B2C310011234") == true)
        }
    }
}

@Suite("Relay") struct RelayCommandTests {
    @Test(arguments: [
        "apdu send --remote localhost:1 00CA010000", "apdu send --certificate a --key b --authority c 00CA010000",
        "apdu send --remote nowhere --certificate a --key b --authority c 00CA010000",
        "apdu send --card card --remote localhost:1 --certificate a --key b --authority c 00CA010000",
        "card block 00A1B2C3-10-000001 --remote localhost:1 --certificate a --key b --authority c",
        "card log 00A1B2C3-10-000001 --remote localhost:1 --certificate a --key b --authority c",
        "card log 00A1B2C3-10-000001 --card card",
        "card issue --batch a --results b --remote localhost:1 --certificate a --key b --authority c",
        "key ceremony --to file --remote localhost:1 --certificate a --key b --authority c",
        "apdu relay serve --listen localhost:0", "apdu relay serve --listen localhost:0 --certificate a --key b",
    ])
    func `what is missing or has no effect is a wrong command line`(line: String) throws {
        #expect(try VStoreProgram.withHome { try $0.run(line) }.status == 64)
    }

    /// Numbers that a clock cannot add, and that nobody means.
    @Test(arguments: [
        "apdu relay serve --listen localhost:0 --certificate a --key b --authority c --idle 9223372037",
        "apdu relay serve --listen localhost:0 --certificate a --key b --authority c --idle 86401",
        "apdu relay serve --listen localhost:0 --certificate a --key b --authority c --idle 0",
        "apdu relay serve --listen localhost:0 --certificate a --key b --authority c --connections 0",
        "reader watch --for 31536001", "reader watch --for 4294967295",
    ])
    func `a number beyond its bounds is a wrong command line that says them`(line: String) throws {
        let outcome = try VStoreProgram.withHome { try $0.run(line) }
        #expect(outcome.status == 64)
        #expect(
            outcome.errors.contains { $0.isNumber } && outcome.errors.contains("seconds")
                || outcome.errors.contains("1000"))
    }

    @Test(arguments: ["apdu send 00CA010000", "key list"])
    func `files that are no certificates are named`(command: String) throws {
        let outcome = try VStoreProgram.withHome {
            try $0.run("\(command) --remote localhost:1 --certificate no.pem --key no.key --authority no.pem")
        }
        #expect(outcome.status == 74)
        #expect(outcome.errors.contains("no.pem"))
    }
}
