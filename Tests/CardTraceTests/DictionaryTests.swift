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
