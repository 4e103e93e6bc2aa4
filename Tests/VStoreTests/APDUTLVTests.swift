import Foundation
import Testing

/// `apdu tlv`: what it says of input that it cannot read, and how it takes much of it.
@Suite struct APDUTLVTests {
    @Test(arguments: [
        ("7003\n", "byte 2: 03 where 00 bytes follow\n", 1),
        ("500141\nzz\n", "line 2: not hexadecimal: no hexadecimal digit (character 1)\n", 1),
        ("500141\r\n\r\n500\r\n", "line 3: not hexadecimal: byte 2 has one digit (character 3)\n", 1),
        ("500141\n\n   \n500142\n", "50  42  application label\n", 0), ("5001419000\n", "status word 9000\n", 0),
        ("", "", 0),
    ])
    func `with --lines the exit status tells of every line`(input: String, end: String, status: Int32) throws {
        try VStoreProgram.withHome { vstore in
            let outcome = try vstore.run("apdu tlv --lines", input: input)
            #expect(outcome.status == status, "\(outcome)")
            #expect(outcome.output.hasSuffix(end) || end.isEmpty, "\(outcome)")
        }
    }

    @Test(arguments: [("70020500", 0), ("7003\n", 1), ("70810250ff\n", 1), ("0000\n", 1), ("500141\nzz", 1)])
    func `with --der and --lines too, and in JSON`(input: String, status: Int32) throws {
        try VStoreProgram.withHome { vstore in
            let text = try vstore.run("apdu tlv --lines --der", input: input)
            #expect(text.status == status, "\(text)")
            let json = try vstore.run("apdu tlv --lines --der --json", input: input)
            #expect(json.status == status && json.output.contains("\"line\":") == (status == 1), "\(json)")
            #expect(text.output.contains("line ") == (status == 1))
        }
    }

    @Test(arguments: [
        ("7003500", "byte 4 has one digit (character 7)"), ("70 03 5 00", "byte 3 has one digit (character 7)"),
        ("7003\n50z1", "no hexadecimal digit (line 2, character 3)"), ("50 01 4\n1", "byte 3 has one digit (line 1,"),
        ("0x", "byte 1 has one digit"), ("50\\", "character 3"), ("5\\x01", "byte 1 has one digit"),
        ("é", "character 1"),
        ("0x50,0x0x1", "character"), ("", "There are no digits"), (" \n", "There are no digits"),
    ])
    func `what is no byte is named with its place`(digits: String, text: String) throws {
        try VStoreProgram.withHome { vstore in
            for outcome in [
                try vstore.run("apdu tlv", input: digits),
                try vstore.run(["apdu", "tlv", digits == "" ? " " : digits]),
            ] {
                #expect(outcome.status == 64 && outcome.output == "")
                #expect(outcome.errors.contains(text), "\(outcome.errors)")
                #expect(outcome.errors.contains("Write two digits per byte, as in 70 03 50 01 41."))
            }
        }
    }

    @Test(arguments: [
        "700350 0141", "0x70,0x03,0x50,0x01,0x41", "0x70, 0x3, 0x50, 0x1, 0x41", #"\x70\x03\x50\x01\x41"#,
        "70:03:50:01:41", "70-03-50-01-41", "70;03;50;01;41", "\"7003500141\"", "0x7003500141",
        "70\u{A0}03\u{2009}500141",
        "70 03\n50 01 41\n",
    ])
    func `bytes are read in the spellings of logs`(digits: String) throws {
        try VStoreProgram.withHome { vstore in
            let known = try vstore.run("apdu tlv 7003500141")
            #expect(try vstore.run(["apdu", "tlv", digits]).output == known.output)
        }
    }

    @Test func `a dash is standard input`() throws {
        try VStoreProgram.withHome { vstore in
            let known = try vstore.run("apdu tlv 7003500141")
            #expect(try vstore.run("apdu tlv -", input: "7003500141\n").output == known.output)
        }
    }

    /// Empty objects, nested ones, and padding, of which there can be most.
    @Test(arguments: [
        ("8000", 4_000), ("70023000", 8_000), ("9F800100", 8_000), ("8101AA", 4_000), ("00FF", 2), ("FF00", 2),
        ("5F", 2),
    ])
    func `much is written as little is`(part: String, lines: Int) throws {
        try VStoreProgram.withHome { vstore in
            let digits = String(repeating: part, count: 4_000)
            let text = try vstore.run("apdu tlv", input: digits)
            #expect(text.output.utf8.count { $0 == 0x0A } >= lines)
            let json = try vstore.run("apdu tlv --json", input: digits)
            #expect(try json.object()["objects"] != nil && json.status == text.status)
        }
    }
}
