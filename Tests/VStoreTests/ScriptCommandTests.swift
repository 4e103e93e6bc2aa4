import Foundation
import TestPrograms
import Testing

@Suite("Scripts") struct ScriptCommandTests {
    private func withCard<Value>(_ body: (VStoreProgram) throws -> Value) throws -> Value {
        try VStoreProgram.withHome { vstore in
            _ = try vstore.run(
                "card blank --file card --id 00A1B2C3-10-011234 --transport-key-file -",
                input: "00112233445566778899AABBCCDDEEFF\n")
            return try body(vstore)
        }
    }

    private func write(_ text: String, _ name: String, _ vstore: VStoreProgram) throws -> String {
        let file = vstore.home.appending(path: name)
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    @Test func `tables includes and variables work together`() throws {
        try withCard { vstore in
            _ = try write("00 A4 04 00 ${#aid} ${aid} 00\n#: set eid = tag 6F/A5/80\n", "select.apdu", vstore)
            let script = try write(
                "#: include select.apdu\n#: rows\n00 CA 01 ${p2} 00\n#: end\n00 CA 01 00 00\n#= ${eid} * 9000\n",
                "a.apdu", vstore)
            let table = try write("p2,note\r\n00,\"a, b\"\r\n02,c\r\n", "a.csv", vstore)
            let report = vstore.home.appending(path: "a.xml")
            let outcome = try vstore.run([
                "apdu", "script", script, "--card", "card", "--csv", table, "--define", "aid=F05653544F5245",
                "--junit", report.path, "--json",
            ])
            #expect(outcome.status == 0, "\(outcome.errors)")
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.count == 4)
            #expect(lines[0].contains("\"file\":\"select.apdu\""))
            #expect(lines[2].contains("\"row\":2"))
            let xml = try String(contentsOf: report, encoding: .utf8)
            #expect(xml.contains("tests=\"4\" failures=\"0\" errors=\"0\""))
            #expect(try XMLCheck.isWellFormed(xml))
        }
    }

    @Test func `failures go into the report and the status`() throws {
        try withCard { vstore in
            let script = try write("# no such purse\n00 CA 01 01 00\n#= 9000\n", "a.apdu", vstore)
            let report = vstore.home.appending(path: "a.xml")
            let outcome = try vstore.run(["apdu", "script", script, "--card", "card", "--junit", report.path])
            #expect(outcome.status == 1)
            let xml = try String(contentsOf: report, encoding: .utf8)
            #expect(xml.contains("name=\"line 2: no such purse\""))
            #expect(xml.contains("<failure message=\"expected 9000, found 6A 88\""))
            #expect(try XMLCheck.isWellFormed(xml))
        }
    }

    /// A secret appears in no output, traced or not, when the card refuses it or a line is wrong.
    @Test func `secrets are shown nowhere`() throws {
        try withCard { vstore in
            let secrets = try write("# of a test\ntoken=A1B2C3D4E5F60718\n", "secrets", vstore)
            let script = try write(
                "#: secret token\n80 AA 00 00 08 ${token}\n#= 9000\n80 AA 00 00 10 ${token}\n"
                    + "#: set more = ${token} 00\n80 AA 00 00 ${#more} ${more}\n", "a.apdu", vstore)
            let report = vstore.home.appending(path: "a.xml")
            for flags in [[], ["--json"]] {
                let outcome = try vstore.run(
                    [
                        "apdu", "script", script, "--card", "card", "--secrets", secrets, "--trace", "--junit",
                        report.path,
                    ]
                        + flags)
                #expect(outcome.status == 1)
                let xml = try String(contentsOf: report, encoding: .utf8)
                for text in [outcome.output, outcome.errors, xml] {
                    let digits = text.filter { !$0.isWhitespace }.uppercased()
                    #expect(!digits.contains("A1B2C3D4"), "\(text)")
                    #expect(!digits.contains("E5F60718"), "\(text)")
                }
                for text in [outcome.errors, xml] { #expect(text.contains("••"), "\(text)") }
            }
        }
    }

    /// Secrets in a table, one per row: those of the last row are hidden like those of the first, and none is asked
    /// for.
    @Test func `secrets of a table are shown nowhere`() throws {
        try withCard { vstore in
            let table = try write("token\nA1B2C3D4E5F60718\nB1B2C3D4E5F60719\n", "a.csv", vstore)
            let script = try write("#: secret token\n80 AA 00 00 08 ${token}\n", "a.apdu", vstore)
            for flags in [[], ["--json"]] {
                let outcome = try vstore.run(
                    ["apdu", "script", script, "--card", "card", "--csv", table, "--trace"] + flags)
                #expect(outcome.status == 0, "\(outcome)")
                let digits = (outcome.output + outcome.errors).filter { !$0.isWhitespace }.uppercased()
                #expect(!digits.contains("B2C3D4E5"))
                let hidden = outcome.errors.filter { !$0.isWhitespace }
                #expect(hidden.ranges(of: "80AA000008••••••••••••••••").count == 2, "\(outcome)")
            }
        }
    }

    @Test func `what is missing is named`() throws {
        try withCard { vstore in
            let script = try write("#: include none.apdu\n", "a.apdu", vstore)
            let outcome = try vstore.run(["apdu", "script", script, "--card", "card"])
            #expect(outcome.status == 74)
            #expect(outcome.errors.contains("line 1 (#: include none.apdu)"))
            #expect(outcome.errors.contains("none.apdu: no such file exists"))
            #expect(try vstore.run("apdu script - --card card --define 1a=00", input: "").status == 64)
            for twice in ["- --csv -", "- --secrets -", "a.apdu --csv - --secrets -"] {
                #expect(try vstore.run("apdu script \(twice) --card card").status == 64, "\(twice)")
            }
            let table = try write("a b\n1\n", "a.csv", vstore)
            let unread = try vstore.run(["apdu", "script", "-", "--card", "card", "--csv", table])
            #expect(unread.status == 74)
            #expect(unread.errors.contains("a.csv, line 1, column 1: a field is wrong (a b is not a variable name"))
            let secrets = try write("pin=1\nA1B2C3\n", "a.secrets", vstore)
            let unset = try vstore.run(["apdu", "script", "-", "--card", "card", "--secrets", secrets])
            #expect(unset.status == 74)
            #expect(unset.errors.contains("a.secrets, line 2 (••) is not name=value"))
            #expect(!unset.errors.contains("A1B2C3"))
        }
    }

    @Test func `data objects are shown and given as JSON`() throws {
        try VStoreProgram.withHome { vstore in
            let text = try vstore.run("apdu tlv 6F0F8407F05653544F5245A5045002AABB")
            #expect(
                text.output
                    == "6F  FCI template\n  84  F0 56 53 54 4F 52 45  DF name\n  A5  proprietary information\n"
                    + "    50  AA BB  application label\n")
            let lines = try vstore.run("apdu tlv --lines --json", input: "500141\n5002\nzz\n\n")
            #expect(
                lines.output.split(separator: "\n") == [
                    "{\"objects\":[{\"tag\":\"50\",\"name\":\"application label\",\"value\":\"41\"}]}",
                    "{\"objects\":[{\"tag\":\"50\",\"name\":\"application label\",\"value\":\"\"}],"
                        + "\"remarks\":[{\"offset\":1,\"fault\":true,\"text\":\"byte 2: 02 where 00 bytes follow\"}]}",
                    "{\"error\":{\"status\":64,\"kind\":\"usage\",\"message\":\"not hexadecimal: no hexadecimal digit "
                        + "(character 1)\"},\"line\":3}",
                ])
            #expect(lines.status == 1)
            let cut = try vstore.run("apdu tlv 5002")
            #expect(cut.status == 1 && cut.output.hasSuffix("byte 2: 02 where 00 bytes follow\n"))
            let long = try vstore.run("apdu tlv 7081025000")
            #expect(
                long.status == 0 && long.output.hasSuffix("byte 2: the length is written in more bytes than it needs\n")
            )
            let strict = try vstore.run("apdu tlv --der 7081025000")
            #expect(strict.status == 1 && strict.output.isEmpty && strict.errors.contains("DER, byte 2: the length"))
            #expect(try vstore.run("apdu tlv 500").status == 64)
        }
    }
}

/// Whether another program's parser accepts a document.
enum XMLCheck {
    static func isWellFormed(_ text: String) throws -> Bool {
        let source = "import sys, xml.etree.ElementTree as e; e.fromstring(sys.stdin.buffer.read())"
        return try Program("/usr/bin/python3", ["-c", source]).runBlocking(input: text).status == 0
    }
}
