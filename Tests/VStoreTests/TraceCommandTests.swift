import Foundation
import Testing

/// `vstore apdu decode`, `replay` and `diff`, run as users run them.
@Suite("Traces") struct TraceCommandTests {
    private func withCard<Value>(_ body: (VStoreProgram) throws -> Value) throws -> Value {
        try VStoreProgram.withHome { vstore in
            _ = try vstore.run(
                "card blank --file card --id 00A1B2C3-10-011234 --transport-key-file -",
                input: "00112233445566778899AABBCCDDEEFF\n")
            return try body(vstore)
        }
    }

    private static func write(_ text: String, _ name: String, _ vstore: VStoreProgram) throws -> String {
        let file = vstore.home.appending(path: name)
        try text.write(to: file, atomically: true, encoding: .utf8)
        return file.path
    }

    /// A SELECT of the Visa application and a wrong PIN, as six programs log them.
    static let logs: [(form: String, reader: String?, log: String)] = [
        (
            "opensc", "Desk 0",
            """
            P:71; T:0x7F00 10:20:30.000 [opensc-tool] reader-pcsc.c:362:refresh_attributes: Desk 0 check
            P:71; T:0x7F00 10:20:30.001 [opensc-tool] reader-pcsc.c:324:pcsc_transmit:\u{20}
            Outgoing APDU (10 bytes):
            00 A4 04 00 05 A0 00 00 00 03 ..........
            P:71; T:0x7F00 10:20:30.009 [opensc-tool] reader-pcsc.c:335:pcsc_transmit:\u{20}
            Incoming APDU (13 bytes):
            6F 09 84 05 A0 00 00 00 03 A5 00 90 00 o............
            Outgoing APDU (9 bytes):
            00 20 00 80 04 34 33 32 31 . ...4321
            Incoming APDU (2 bytes):
            63 C2 c.

            """
        ),
        (
            "pcscd", nil,
            """
            00000000 APDU: 00 A4 04 00 05 A0 00 00 00 03\u{20}
            00000815 SW: 6F 09 84 05 A0 00 00 00 03 A5 00 90 00\u{20}
            00000100 APDU: 00 20 00 80 04 34 33 32 31\u{20}
            00000301 SW: 63 C2\u{20}

            """
        ),
        (
            "pyscard", "Desk 0",
            """
            connecting to Desk 0
            > 00 A4 04 00 05 A0 00 00 00 03
            < 6F 09 84 05 A0 00 00 00 03 A5 00 90 00
            > 00 20 00 80 04 34 33 32 31
            <  [] 63 C2
            disconnecting from Desk 0

            """
        ),
        (
            "pyscard", nil,
            """
            Using T=1 protocol
            > 00 A4 04 00 05 A0 00 00 00 03
            < 6F 09 84 05 A0 00 00 00 03 A5 00 90 00 : Normal processing.
            > 00 20 00 80 04 34 33 32 31
            < 63 C2 : Warning.

            """
        ),
        (
            "apdu4j", "Desk 0",
            """
            SCardConnect("Desk 0", T=*) -> T=1, 3B8080010181
            A>> T=1 (4+0005) 00A40400 05 A000000003
            A<< (0011+2) (12ms) 6F098405A000000003A500 9000
            A>> T=1 (4+0004) 00200080 04 34333231
            A<< (0000+2) (3ms) 63C2

            """
        ),
        (
            "apdu4j", "Desk 0",
            """
            # GlobalPlatformPro 325fe84
            # Detected readers from JNA2PCSC
            [*] Desk 0
            SCardConnect("Desk 0", T=*) -> T=1, 3B8080010181
            SCardBeginTransaction("Desk 0")
            A>> T=1 (4+0005) 00A40400 05 A000000003
            A<< (0011+2) (12ms) 6F098405A000000003A500 9000
            [DEBUG] GPSession - a word between
            A>> T=1 (4+0004) 00200080 04 34333231
            A<< (0000+2) (3ms) 63C2
            SCardEndTransaction("Desk 0")

            """
        ),
        (
            "hex", nil,
            """
            00A4040005A000000003
            6F098405A000000003A5009000
            00 20 00 80 04 34 33 32 31
            63C2

            """
        ),
    ]

    @Test(arguments: logs) func `logs of other programs are decoded`(form: String, reader: String?, log: String) throws
    {
        try VStoreProgram.withHome { vstore in
            let file = try Self.write(log, "it.log", vstore)
            let text = try vstore.run(["apdu", "decode", file])
            #expect(text.status == 0, "\(text.errors)")
            let exchanges = text.output.split(separator: "\n").filter { $0.hasPrefix(">") || $0.hasPrefix("<") }
            #expect(exchanges.count == 4)
            #expect(exchanges.first?.hasPrefix("> 00 A4 04 00 05 A0 00 00 00 03  SELECT by DF name  AID=") == true)
            #expect(exchanges.dropFirst(2).first?.hasPrefix("> 00 20 00 80 04 •• •• •• ••  VERIFY") == true)
            #expect(exchanges.last?.hasPrefix("< 63C2  ") == true)
            #expect(
                text.output
                    == (try vstore.run(["apdu", "decode", "--format", form], input: log)).output
                    .replacing("standard input", with: file))
            for digits in ["34 33", "3433", "4321"] { #expect(!text.output.contains(digits)) }

            let json = try vstore.run(["apdu", "decode", "--json", file])
            let lines = try json.output.split(separator: "\n").map {
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
            }
            let commands = lines.compactMap { $0["command"] as? [String: Any] }
            #expect(commands.map { $0["name"] as? String } == ["SELECT", "VERIFY"])
            #expect(commands.last?["bytes"] as? String == "0020008004••••••••")
            if let reader { #expect(lines.last?["reader"] as? String == reader) }

            // The same through a capture, and they do not differ.
            for format in ["pcapng", "gsmtap", "json"] {
                let capture = vstore.home.appending(path: "it.\(format)").path
                let written = try vstore.run(["apdu", "decode", file, "--to", format, "--output", capture])
                #expect(written.status == 0)
                #expect(try vstore.run(["apdu", "decode", "--json", capture]).output == json.output, "\(format)")
                let diff = try vstore.run(["apdu", "diff", file, capture])
                #expect(diff.status == 0 && diff.output == "2 commands the same, 0 different\n")
            }
        }
    }

    @Test func `what is no trace is named`() throws {
        try VStoreProgram.withHome { vstore in
            let strange = try Self.write("what is this\n", "strange", vstore)
            let wrong = try Self.write("00A4000C\n9000\n00A4Z", "wrong", vstore)
            for arguments in [["decode", strange], ["replay", strange, strange], ["diff", wrong, strange]] {
                let outcome = try vstore.run(["apdu"] + arguments)
                #expect(outcome.status == 1)
                #expect(
                    outcome.errors.contains(
                        "strange: 0 exchanges in 1 line; no line has a form that is read: hex, json, pcapng"))
            }
            #expect(try vstore.run(["apdu", "decode", strange + ".none"]).status == 74)
            #expect(try vstore.run(["apdu", "decode", strange, "--format", "nothing"]).status == 64)
            // The other files are read.
            let both = try vstore.run(["apdu", "decode", strange, wrong])
            #expect(both.status == 1 && both.output.contains("> 00 A4 00 0C"))
        }
    }

    @Test(arguments: [
        ("00000001 debuglog.c:269:DebugLogSetLevel() debug level=debug", "pcscd --foreground --apdu"),
        ("P:1; T:0x1 05:21:59.873 [opensc-tool] card.c:323:sc_lock: called", "OPENSC_DEBUG=9"),
        ("# SCardConnect(\"Desk 0\", T=*) -> SCARD_E_NO_SMARTCARD", "gp -d"),
        ("connecting to Desk 0", "ConsoleCardConnectionObserver"),
        (#"{"trace":"vstore","version":1}"#, "Record it again"),
        ("{}\n{\"a\":1}", "2 lines were skipped: 1, 2 (the line is not an event of a trace)."), ("", "in 0 lines"),
    ])
    func `a log without APDUs says how to log them`(log: String, remedy: String) throws {
        try VStoreProgram.withHome { vstore in
            let outcome = try vstore.run(["apdu", "decode", "-"], input: log.isEmpty ? "" : log + "\n")
            #expect(outcome.status == 1)
            #expect(outcome.output == "")
            #expect(outcome.errors.contains("standard input: 0 exchanges in "))
            #expect(outcome.errors.contains(remedy), "\(outcome.errors)")
            let json = try vstore.run(["apdu", "decode", "--json", "-"], input: log.isEmpty ? "" : log + "\n")
            #expect(json.status == 1 && json.errors.hasPrefix(#"{"error":{"status":1,"kind":"refused","#))
        }
    }

    @Test func `a file of another form than --format names is told`() throws {
        try VStoreProgram.withHome { vstore in
            let outcome = try vstore.run("apdu decode --format pcscd -", input: "00A4040000\n9000\n")
            #expect(outcome.status == 1)
            #expect(
                outcome.errors.contains(
                    "0 exchanges in 2 lines; no line is of the form pcscd; lines are of the form hex. "
                        + "Leave --format out, or name that."))
        }
    }

    @Test func `packets that are not read are named beside those that are`() throws {
        try VStoreProgram.withHome { vstore in
            func block(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
                let length: [UInt8] = [UInt8(body.count + 12), 0, 0, 0]
                return [type, 0, 0, 0] + length + body + length
            }
            let tags: [UInt8] = [0, 12, 0, 8] + Array("iso7816\0".utf8) + [0, 35, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0]
            func packet(_ interface: UInt8, _ data: [UInt8]) -> [UInt8] {
                let count: [UInt8] = [UInt8(data.count), 0, 0, 0]
                return block(6, [interface, 0, 0, 0] + [UInt8](repeating: 0, count: 8) + count + count + data)
            }
            var capture: [UInt8] = [0x0A, 0x0D, 0x0D, 0x0A, 28, 0, 0, 0, 0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0]
            capture += [UInt8](repeating: 0xFF, count: 8) + [28, 0, 0, 0]
            capture += block(1, [252, 0, 0, 0, 0, 0, 0, 0]) + block(1, [220, 0, 0, 0, 0, 0, 0, 0])
            capture += packet(1, [1, 2, 3, 4]) + packet(0, tags + [0x00, 0xA4, 0x00, 0x0C]) + packet(1, [5, 6, 7, 8])
            let file = vstore.home.appending(path: "both.pcapng")
            try Data(capture).write(to: file)
            let outcome = try vstore.run(["apdu", "decode", file.path])
            #expect(outcome.status == 0 && outcome.output.contains("> 00 A4 00 0C"))
            #expect(
                outcome.errors
                    == "\(file.path): 2 packets were not read: 2 of link type 220 (USB of Linux, memory-mapped).\n")
            let json = try vstore.run(["apdu", "decode", "--json", file.path])
            #expect(json.output.contains(#""note":"packets""#) && json.output.contains(#""link":220"#))
        }
    }

    @Test func `odd lines are skipped and named`() throws {
        try VStoreProgram.withHome { vstore in
            let log = """
                00 A4 00 0C
                90 00
                a remark
                00 20 00 01 04 39 38 37 3Z
                63 C2
                00 CA 01 00 00
                00 B0 00 90 00
                00 CA 02 00 00
                6D 00

                """
            let file = try Self.write(log, "odd", vstore)
            let outcome = try vstore.run(["apdu", "decode", file])
            #expect(outcome.status == 0)
            let lines = outcome.output.split(separator: "\n").filter { $0.hasPrefix(">") || $0.hasPrefix("<") }
            #expect(lines.count == 6)
            #expect(
                outcome.errors == """
                    \(file): 2 lines were skipped: 3, 4 (hexadecimal bytes are missing or wrong).
                    \(file): 1 line was paired by form, and could be a command or an answer: 7. Write > before commands \
                    and < before answers.

                    """)
            // The file's own name may have any digits.
            for text in [outcome.output, outcome.errors].map({ $0.replacing(file, with: "") }) {
                #expect(!text.contains("39 38") && !text.contains("3938"))
            }

            // In JSON they are notes, which are no events when the trace is read.
            let json = try vstore.run(["apdu", "decode", "--json", file])
            #expect(json.status == 0 && json.errors == "")
            let notes = try json.output.split(separator: "\n").compactMap { line -> [String: Any]? in
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                return object?["note"] == nil ? nil : object
            }
            #expect(notes.map { $0["note"] as? String } == ["skipped", "unsure"])
            #expect(notes.map { $0["count"] as? Int } == [2, 1])
            #expect((notes[0]["lines"] as? [[String: Any]])?.map { $0["line"] as? Int } == [3, 4])
            let trace = try Self.write(json.output, "odd.jsonl", vstore)
            let diff = try vstore.run(["apdu", "diff", file, trace])
            #expect(diff.status == 0 && diff.output == "3 commands the same, 0 different\n")
            #expect(diff.errors == outcome.errors)
            let script = try Self.write("00A4000C\n00CA010000\n00CA020000\n", "odd.apdu", vstore)
            let replay = try vstore.run(["apdu", "replay", file, script])
            #expect(replay.status == 0 && replay.output == "3 commands as recorded, 0 left\n")
            #expect(replay.errors == outcome.errors)
        }
    }

    @Test func `a capture that is not read names its link type`() throws {
        try VStoreProgram.withHome { vstore in
            var capture: [UInt8] = [0x0A, 0x0D, 0x0D, 0x0A, 28, 0, 0, 0, 0x4D, 0x3C, 0x2B, 0x1A, 1, 0, 0, 0]
            capture += [UInt8](repeating: 0xFF, count: 8) + [28, 0, 0, 0]
            capture += [1, 0, 0, 0, 20, 0, 0, 0, 189, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0]
            capture += [3, 0, 0, 0, 20, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4, 20, 0, 0, 0]
            let file = vstore.home.appending(path: "usb.pcapng")
            try Data(capture).write(to: file)
            let outcome = try vstore.run(["apdu", "decode", file.path])
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("link type 189 (USB of Linux); read are ISO 7816 as exported PDUs (252)"))
        }
    }

    /// A trace of two commands with the blank card, and the script that made it.
    private func record(_ vstore: VStoreProgram) throws -> (trace: String, script: String) {
        let trace = vstore.home.appending(path: "recorded.jsonl").path
        let script = try Self.write(
            "00 A4 04 00 07 F0 56 53 54 4F 52 45 00\n00 CA 01 00 00\n00 20 00 01 04 31 32 33 34\n", "recorded.apdu",
            vstore)
        let outcome = try vstore.run(["apdu", "script", "--card", "card", script, "--trace-file", trace])
        #expect(outcome.status == 0, "\(outcome.errors)")
        return (trace, script)
    }

    @Test func `a trace is played as a card`() throws {
        try withCard { vstore in
            let (trace, script) = try record(vstore)
            let same = try vstore.run(["apdu", "replay", trace, script])
            #expect(same.status == 0)
            #expect(same.output == "3 commands as recorded, 0 left\n")

            // Any PIN matches the recording, in which it is masked.
            let other = try Self.write(
                "00A4040007F05653544F524500\n00CA010000\n002000010439383736\n", "other.apdu", vstore)
            #expect(try vstore.run(["apdu", "replay", trace, other]).status == 0)

            let fewer = try Self.write("00A4040007F05653544F524500\n", "fewer.apdu", vstore)
            #expect(try vstore.run(["apdu", "replay", trace, fewer]).output == "1 commands as recorded, 2 left\n")

            let left = try Self.write("00A4040007F05653544F524500\n00CA010200\n00CA010000\n", "left.apdu", vstore)
            let divergence = try vstore.run(["apdu", "replay", trace, left])
            #expect(divergence.status == 1)
            #expect(
                divergence.output == """
                    command 2 is not as recorded:
                    expected  00 CA 01 00 00
                    came      00 CA 01 02 00
                                       ^^

                    """)
            let json = try vstore.run(["apdu", "replay", "--json", trace, left])
            #expect(json.status == 1)
            #expect(try json.object()["played"] as? Int == 1)
            #expect(try json.object()["left"] as? Int == 2)

            let more = try Self.write(
                "\(try String(contentsOfFile: script, encoding: .utf8))00CA010000\n", "more.apdu", vstore)
            let after = try vstore.run(["apdu", "replay", trace, more])
            #expect(after.status == 1)
            #expect(after.output == "command 4 came after the trace's end:\ncame      00 CA 01 00 00\n")
            #expect(try vstore.run(["apdu", "replay", trace]).status == 64)
            #expect(try vstore.run(["apdu", "replay", trace, script, "--only", "nobody"]).status == 1)
        }
    }

    /// Files beside it, variables and secrets, as `apdu script` takes them; a command that cannot be sent is an error.
    @Test func `a trace is played to a script with its inputs`() throws {
        try withCard { vstore in
            let (trace, _) = try record(vstore)
            _ = try Self.write("00 A4 04 00 ${#aid} ${aid} 00\n", "select.apdu", vstore)
            let script = try Self.write(
                "#: include select.apdu\n00CA010000\n#: secret pin\n00 20 00 01 ${#pin} ${pin}\n", "inputs.apdu", vstore
            )
            let secrets = try Self.write("pin=39383736\n", "secrets", vstore)
            let inputs = ["--secrets", secrets, "--define", "aid=F05653544F5245"]
            let same = try vstore.run(["apdu", "replay", trace, script] + inputs)
            #expect(same.status == 0 && same.output == "3 commands as recorded, 0 left\n", "\(same)")
            let unset = try vstore.run(["apdu", "replay", trace, script, "--secrets", secrets])
            #expect(unset.status == 74 && unset.errors.contains("aid"), "\(unset)")
            #expect(unset.output.isEmpty)
            #expect(try vstore.run(["apdu", "replay", trace, "--pcsc"] + inputs).status == 64)
        }
    }

    @Test func `GET RESPONSE of a trace is sent by itself unless raw`() throws {
        try VStoreProgram.withHome { vstore in
            let trace = try Self.write("00A4040000\n6104\n00C0000004\n010203049000\n", "t0.hex", vstore)
            let script = try Self.write("00A4040000\n", "select.apdu", vstore)
            let whole = try vstore.run(["apdu", "replay", trace, script])
            #expect(whole.output == "2 commands as recorded, 0 left\n", "\(whole)")
            let raw = try vstore.run(["apdu", "replay", "--raw", trace, script])
            #expect(raw.output == "1 commands as recorded, 1 left\n", "\(raw)")
        }
    }

    /// A warning each time, whatever is written; without the option, and read again, PINs are masked.
    @Test func `secrets of test cards are shown where asked, with a warning`() throws {
        try withCard { vstore in
            let pin = "3132333439"
            let warning = "Warning: PINs and keys are shown in this trace (--show-secrets)."
            let trace = vstore.home.appending(path: "shown.jsonl").path
            let send = ["apdu", "send", "--card", "card", "--trace", "--trace-file", trace, "0020000105\(pin)"]
            let hidden = try vstore.run(send)
            #expect(
                hidden.status == 0 && !hidden.errors.contains("31 32 33 34 39") && !hidden.errors.contains("Warning"))
            let shown = try vstore.run(send + ["--show-secrets"])
            #expect(shown.status == 0 && shown.errors.contains("00 20 00 01 05 31 32 33 34 39"), "\(shown)")
            #expect(shown.errors.hasPrefix(warning))
            let file = try String(contentsOfFile: trace, encoding: .utf8)
            #expect(file.contains("\"secrets\":\"shown\"") && file.contains(pin))

            // Nothing is shown without a trace, and nothing is warned of.
            let none = try vstore.run(["apdu", "send", "--card", "card", "--show-secrets", "00CA010000"])
            #expect(none.status == 0 && none.errors.isEmpty)

            let again = try vstore.run(["apdu", "decode", trace])
            #expect(again.status == 0 && again.errors.isEmpty && again.output.contains("00 20 00 01 05 •• ••"))
            let asked = try vstore.run(["apdu", "decode", trace, "--show-secrets"])
            #expect(asked.errors.hasPrefix(warning) && asked.output.contains("31 32 33 34 39"), "\(asked)")
            let json = try vstore.run(["apdu", "decode", trace, "--show-secrets", "--json"])
            let note = try JSONSerialization.jsonObject(with: Data(json.errors.utf8)) as? [String: Any]
            #expect(note?["note"] as? String == "secrets-shown" && json.output.contains(pin))

            // A script's and a shell's own secrets as well.
            let script = try Self.write("#: secret pin\n00 20 00 01 ${#pin} ${pin}\n", "pin.apdu", vstore)
            let secrets = try Self.write("pin=\(pin)\n", "pins", vstore)
            let run = ["apdu", "script", "--card", "card", "--trace", "--secrets", secrets, script]
            #expect(try !vstore.run(run).errors.contains("31 32 33 34 39"))
            let ran = try vstore.run(run + ["--show-secrets"])
            #expect(ran.errors.contains("31 32 33 34 39") && ran.errors.hasPrefix(warning), "\(ran)")
            let shell = ["apdu", "shell", "--card", "card", "--trace", "--show-secrets"]
            let typed = try vstore.run(shell, input: "00 20 00 01 05 31 32 33 34 39\n")
            #expect(typed.errors.hasPrefix(warning) && typed.errors.contains("31 32 33 34 39"), "\(typed)")
            #expect(try vstore.run("card info --card card --show-secrets").status == 64)
        }
    }

    @Test func `traces are compared`() throws {
        try withCard { vstore in
            let (trace, _) = try record(vstore)
            let lines = try String(contentsOfFile: trace, encoding: .utf8)
            let other = try Self.write(
                lines.replacing("\"00A4040007F05653544F524500", with: "\"00A4040007F05653544F524400")
                    .replacing("00CA010000", with: "00CA010100").replacing("6D00", with: "6985"), "other.jsonl", vstore
            )
            #expect(try vstore.run(["apdu", "diff", trace, trace]).status == 0)
            let outcome = try vstore.run(["apdu", "diff", trace, other])
            #expect(outcome.status == 1)
            #expect(
                outcome.output == """
                    1, 1: another command
                    - > 00 A4 04 00 07 F0 56 53 54 4F 52 45 00
                    + > 00 A4 04 00 07 F0 56 53 54 4F 52 44 00
                                                         ^^
                    2: only in the first
                    - > 00 CA 01 00 00
                    2: only in the second
                    + > 00 CA 01 01 00
                    3, 3: another answer
                      > 00 20 00 01 04 •• •• •• ••
                    - < 6D 00
                    + < 69 85
                        ^^ ^^
                    0 commands the same, 4 different

                    """)
            let ignored = try vstore.run(["apdu", "diff", trace, other, "--ignore", "A4", "--json"])
            #expect(ignored.status == 1)
            let results = ignored.output.split(separator: "\n").filter { $0.contains("\"differs\"") }
            #expect(results.count == 1)
            let shorter = try Self.write(
                lines.split(separator: "\n").filter { !$0.contains("00CA010000") }.joined(separator: "\n"),
                "shorter.jsonl", vstore)
            let missing = try vstore.run(["apdu", "diff", trace, shorter])
            #expect(missing.output == "2: only in the first\n- > 00 CA 01 00 00\n2 commands the same, 1 different\n")
        }
    }

    @Test func `every exchange of a trace file has its card`() throws {
        try withCard { vstore in
            let (trace, _) = try record(vstore)
            let lines = try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n").map {
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
            }
            let exchanges = lines.filter { $0["command"] != nil }
            #expect(exchanges.count == 3)
            for exchange in exchanges {
                #expect(exchange["atr"] as? String == "3B890180675653746F72653157")
                #expect((exchange["sender"] as? [String: Any])?["name"] as? String == "vstore")
                #expect(exchange["microseconds"] is NSNumber && exchange["time"] is String)
            }
        }
    }
}
