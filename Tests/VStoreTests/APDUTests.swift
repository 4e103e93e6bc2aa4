import Foundation
import Testing

@Suite("APDUs") struct APDUTests {
    private func withCard<Value>(_ body: (VStoreProgram) throws -> Value) throws -> Value {
        try VStoreProgram.withHome { vstore in
            _ = try vstore.run(
                "card blank --file card --id 00A1B2C3-10-011234 --transport-key-file -",
                input: "00112233445566778899AABBCCDDEEFF\n")
            return try body(vstore)
        }
    }

    @Test func `answers are shown with their meaning`() throws {
        try withCard { vstore in
            let outcome = try vstore.run([
                "apdu", "send", "--card", "card", "00 A4 04 00 07 F0565353544F524500 0", "00CA010000",
            ])
            #expect(outcome.status == 64)
            let sent = try vstore.run([
                "apdu", "send", "--card", "card", "00 A4 04 00 07 F05653544F5245 00", "00CA010100",
            ])
            #expect(sent.status == 0)
            let lines = sent.output.split(separator: "\n")
            #expect(lines.count == 2)
            #expect(lines.first?.hasSuffix("83 02 04 00 9000  done") == true)
            #expect(lines.last == "6A88  referenced data not found")
        }
    }

    /// Neither what is said of a wrong command nor the command in JSON shows its PIN.
    @Test(arguments: [
        "00200081093132333435363738", "002000810831323334353637380", "0020008108313233343536373Z",
        "00 20 00 81 08 31 32 33 34 35 36 37 3", "0020008131323334353637",
    ])
    func `a wrong command is named without its PIN`(command: String) throws {
        try withCard { vstore in
            let refused = try vstore.run(["apdu", "send", "--card", "card", command])
            #expect(refused.status == 64)
            let said = (refused.output + refused.errors).filter { $0 != " " }
            #expect(!said.contains("3334") && said.contains("••"), "\(refused.errors)")
        }
    }

    @Test func `a command in JSON has no PIN, unless it is asked for`() throws {
        try withCard { vstore in
            let send = ["apdu", "send", "--card", "card", "--json", "00200081083132333435363738"]
            let sent = try vstore.run(send)
            #expect(sent.output.contains("\"command\":\"0020008108••••••••••••••••\""), "\(sent.output)")
            let bytes = try vstore.run(send + ["--bytes"])
            #expect(!bytes.output.contains("3334"), "\(bytes.output)")
            let shown = try vstore.run(send + ["--show-secrets"])
            #expect(shown.output.contains("\"command\":\"00200081083132333435363738\""), "\(shown.output)")
        }
    }

    @Test func `any bytes are sent as they are on demand`() throws {
        try withCard { vstore in
            // Lc says ten bytes, and two follow: the card's own word for that is 6700.
            let refused = try vstore.run("apdu send --card card 00A404000AF056")
            #expect(refused.status == 64)
            #expect(refused.errors.contains("--bytes sends it as it is"))
            let sent = try vstore.run("apdu send --card card --bytes --trace 00A404000AF056")
            #expect(sent.status == 0)
            #expect(sent.output == "6700  wrong length\n")
            #expect(sent.errors.contains("> 00 A4 04 00 0A F0 56"))
            let json = try vstore.run("apdu send --card card --bytes --json 00A4")
            let answer = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
            #expect(answer?["command"] as? String == "00A4")
            #expect(answer?["status"] as? String == "6700")
        }
    }

    @Test func `the trace names commands and fields`() throws {
        try withCard { vstore in
            let text = try vstore.run("apdu send --card card --trace 00A4040007F05653544F524500")
            #expect(text.errors.contains("SELECT by DF name"))
            #expect(text.errors.contains("EID=00A1B2C3-10-011234"))
            let json = try vstore.run("apdu send --card card --trace --json 00A4040007F05653544F524500")
            let event = try JSONSerialization.jsonObject(with: Data(json.errors.utf8)) as? [String: Any]
            #expect((event?["command"] as? [String: Any])?["name"] as? String == "SELECT")
        }
    }

    @Test func `a script says whether its answers are as expected`() throws {
        try withCard { vstore in
            let script = """
                # Which card is this?
                reset
                00 A4 04 00 07 F0 56 53 54 4F 52 45 00
                #= 6F * 9000
                00 CA 01 01 00
                #= 9000
                """
            let outcome = try vstore.run("apdu script - --card card", input: script)
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("3: ok"))
            #expect(outcome.output.contains("5: WRONG  6A 88  (expected 9000)"))
            #expect(try vstore.run("apdu script - --card card", input: "00 CA 01 00 00\n#= * 9000\n").status == 0)
            #expect(try vstore.run("apdu script - --card card", input: "what is this\n").status == 74)
        }
    }

    @Test func `script results are lines of JSON`() throws {
        try withCard { vstore in
            let outcome = try vstore.run("apdu script - --json --card card", input: "00 CA 01 00 00\n#= 6A88\n")
            let result = try outcome.object()
            #expect(result["ok"] as? Bool == false)
            #expect(result["line"] as? Int == 1)
            #expect(result["expected"] as? String == "6A88")
        }
    }
}
