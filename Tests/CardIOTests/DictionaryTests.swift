import CardIO
import Foundation
import Testing

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
    ])
    func aFaultyFileIsRefused(json: String, code: DictionaryError.Code) throws {
        var dictionary = try APDUDictionary()
        let error = #expect(throws: DictionaryError.self) { try dictionary.add(json: Array(json.utf8), file: "x.json") }
        #expect(error?.code == code)
        #expect(error?.description.contains("x.json") == true)
    }

    @Test func aMissingFileIsRefused() throws {
        var dictionary = try APDUDictionary()
        let error = #expect(throws: DictionaryError.self) { try dictionary.add(contentsOfFile: "no/such.json") }
        #expect(error?.code == .unreadable)
    }

    @Test func aFileOfOnesOwnIsAskedFirstButCannotUncoverAPIN() throws {
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

    @Test func everyFileOfTheRepositoryLoads() throws {
        let folder = Transcript.folder.appending(path: "dictionary")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path())
            .filter { $0.hasSuffix(".json") }
        #expect(names.sorted() == ["emv.json", "globalplatform.json", "iso7816-4.json", "valuestore.json"])
        for name in names {
            var dictionary = try APDUDictionary()
            try dictionary.add(contentsOfFile: folder.appending(path: name).path())
        }
    }
}
