import Foundation
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

    @Test func `what is not understood is reported and the rest is done`() throws {
        try withCard { vstore in
            let outcome = try vstore.run("apdu shell --card card --json", input: "what\n00CA010000\n")
            #expect(outcome.status == 1)
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.count == 2)
            #expect(lines.first?.contains("\"error\":\"what: is not a command. Type help") == true)
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

    @Test(arguments: ["apdu send 00CA010000", "key list"])
    func `files that are no certificates are named`(command: String) throws {
        let outcome = try VStoreProgram.withHome {
            try $0.run("\(command) --remote localhost:1 --certificate no.pem --key no.key --authority no.pem")
        }
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("no.pem"))
    }
}
