import Foundation
import TestSupport
import Testing

@testable import CardTrace

@Suite struct DictionaryTests {
    @Test(arguments: [
        ("{", DictionaryError.Code.malformed), ("{}", .malformed),
        (#"{"name":"x","applies":"never"}"#, .malformed),
        (#"{"name":"x","applies":"always","commands":[{"name":"A","cla":["0"],"ins":["00"]}]}"#, .malformed),
        (#"{"name":"x","applies":"always","commands":[{"name":"A","cla":["FF/0F"],"ins":["00"]}]}"#, .malformed),
        (#"{"name":"x","applies":"always","status":[{"match":"900","text":"A"}]}"#, .malformed),
        (
            #"{"name":"x","applies":"always","commands":[{"name":"A","cla":["00"],"ins":["00"],"data":"b"}]}"#,
            .unknownReference
        ),
        (
            #"{"name":"x","applies":"always","layouts":{"l":[{"name":"f","repeat":[{"name":"g","values":"v"}]}]}}"#,
            .unknownReference
        ),
        (
            #"{"name":"x","applies":"always","commands":[{"name":"A","in":["a"],"cla":["00"],"ins":["00"]}]}"#,
            .unknownReference
        ),
        (#"{"name":"x","applies":"always","tags":[{"tag":"80","name":"t","layout":"l"}]}"#, .unknownReference),
        (
            #"{"name":"x","applies":"always","layouts":{"l":[{"name":"f","length":9223372036854775807}]}}"#,
            .malformed
        ),
        (
            #"{"name":"x","applies":"always","layouts":{"l":[{"name":"f","repeat":[{"name":"g","leave":-1}]}]}}"#,
            .malformed
        ),
    ])
    func `a faulty file is refused`(json: String, code: DictionaryError.Code) throws {
        var dictionary = try APDUDictionary()
        let error = #expect(throws: DictionaryError.self) { try dictionary.add(json: Array(json.utf8), file: "x.json") }
        #expect(error?.code == code)
        #expect(error?.description.contains("x.json") == true)
    }

    private static let lines = #"""
        {
          "name": "x", "applies": "always",
          "values": { "v": { "0": "é" } },
          "commands": [
            { "name": "A", "cla": ["00"], "ins": ["00"] },
            { "name": "Ä", "cla": ["80"], "ins": ["00", "1"], "data": "l" }
          ]
        }
        """#

    /// A fault has its line and column, counted in characters.
    @Test(arguments: [
        (lines, "line 6, column 49: commands [1] ins [1]: 1 is not a byte such as 80 or 00/E0"),
        (
            lines.replacing("\"1\"", with: "\"01\""),
            "line 3, column 20: values v: 0 are not bytes in hexadecimal digits"
        ),
        (
            lines.replacing("\"1\"", with: "\"01\"").replacing("\"0\":", with: "\"00\":"),
            "line 6, column 5: Ä: layout l"
        ),
        (lines.replacing(#""applies": "always","#, with: ""), "line 1, column 1: the file: applies is missing"),
        (lines.replacing(#"["80"]"#, with: #"[80]"#), "line 6, column 28: commands [1] cla [0]: must be a text"),
        (
            lines.replacing(#""ins": ["00"] }"#, with: #""ins": 5 }"#),
            "line 5, column 42: commands [0] ins: must be a list"
        ),
        (lines.replacing(#""A", "#, with: #""A" "#), "line 5, column 19: the file is not JSON from here on"),
        (lines.replacing(#""A""#, with: "\"A\tB\""), "line 5, column 17: the file is not JSON from here on"),
        (lines.replacing("]\n}", with: "]\n"), "line 8, column 1: the file is not JSON from here on"),
        (lines + "{", "line 8, column 2: the file is not JSON from here on"),
        (
            #"{"name":"x","applies":"always","layouts":{"l":[{"name":"f","parts":[]}]}}"#,
            "line 1, column 47: layout l: f: parts"
        ),
        (
            #"{"name":"x","applies":"always","contents":[{"file":"6F20","in":[],"layout":"k"}]}"#,
            "line 1, column 44: contents 6F20: layout k"
        ),
        ("", "line 1, column 1: the file is not JSON from here on"),
        ("\u{FEFF}{\"name\":}", "line 1, column 10: the file is not JSON from here on"),
    ])
    func `a fault has its place`(json: String, words: String) throws {
        var dictionary = try APDUDictionary()
        let error = #expect(throws: DictionaryError.self) { try dictionary.add(json: Array(json.utf8), file: "x.json") }
        #expect(error?.fault.hasPrefix(words) == true, "\(error?.fault ?? "")")
    }

    /// The scanner finds the same texts to be JSON as Foundation does.
    @Test(arguments: [
        "{}", "[]", "[1,2]", "[1,]", "{\"a\":1,}", "\"\\u00e9\"", "\"\\u00g9\"", "\"\\x\"", "01", "-0", "1.", "1.5e3",
        "1e", "-",
        "tru", "true", "nullx", "[true false]", "{\"a\" 1}", "{1:2}", " \n[ ] ", "\"a", "[\"\u{1F600}\"]", "[1]]",
        "\"\\",
    ])
    func `JSON is told from what is not`(text: String) {
        let isJSON = (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)) != nil
        #expect((JSONScanner.fault(in: Array(text.utf8)) == nil) == isJSON)
    }

    @Test func `a missing file is refused`() throws {
        var dictionary = try APDUDictionary()
        let error = #expect(throws: DictionaryError.self) { try dictionary.add(contentsOfFile: "no/such.json") }
        #expect(error?.code == .unreadable)
    }

    @Test func `a file of one's own is asked first but cannot uncover a PIN`() throws {
        var dictionary = try APDUDictionary()
        let json = """
            {"name":"mine","applies":"always","commands":[
             {"name":"CHECK","cla":["00"],"ins":["20"],"data":[{"name":"PIN","kind":"ascii"}]},
             {"name":"TURN","cla":["80"],"ins":["FA/FE"],"data":[{"name":"by","kind":"uint","length":2}]}]}
            """
        try dictionary.add(json: Array(json.utf8), file: "mine.json")
        var decoder = TraceDecoder(dictionary)
        let check = TraceText().lines(for: decoder.decode(try TraceDecodingTests.event("002000010431323334", "9000")))
        #expect(check[0] == "> 00 20 00 01 04 •• •• •• ••  CHECK  PIN=••")
        let turn = decoder.decode(try TraceDecodingTests.event("80FB0000020102", "9000"))
        #expect(TraceText().lines(for: turn)[0].hasSuffix("TURN  by=258"))
    }

    /// Names are shown as plain text: no line ends, no terminal control characters.
    @Test func `a name of one's own cannot control the terminal`() throws {
        var dictionary = try APDUDictionary()
        let json = #"""
            {"name":"mine","applies":"always","commands":[{"name":"A\n> 00","cla":["80"],"ins":["FA"],
             "data":[{"name":"\u001B[2J","kind":"uint","length":1}]}],"status":[{"match":"9000","text":"\u009B2J"}]}
            """#
        try dictionary.add(json: Array(json.utf8), file: "mine.json")
        var decoder = TraceDecoder(dictionary)
        let lines = TraceText().lines(for: decoder.decode(try TraceDecodingTests.event("80FA00000102", "9000")))
        #expect(lines[0] == "> 80 FA 00 00 01 02  A\u{FFFD}> 00  \u{FFFD}[2J=2")
        #expect(lines[1].hasPrefix("< 9000  \u{FFFD}2J  "))
    }

    @Test func `every file of the repository loads, and is built in`() throws {
        let folder = APDUTranscript.folder.appending(path: "dictionary")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path())
            .filter { $0.hasSuffix(".json") }
        let builtIn = try APDUDictionary().files.map(\.name)
        #expect(builtIn.count == names.count && !names.isEmpty)
        for name in names {
            var dictionary = try APDUDictionary()
            try dictionary.add(contentsOfFile: folder.appending(path: name).path())
            #expect(builtIn.contains(dictionary.files[0].name), "\(name)")
        }
    }
}
