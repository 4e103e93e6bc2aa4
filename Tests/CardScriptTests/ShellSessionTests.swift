import CardScript
import CardTrace
import ISO7816
import TestSupport
import Testing

@Suite struct ShellSessionTests {
    /// Answers SELECT with an FCI and anything else with its own data.
    final class Card: CardChannel {
        private(set) var sent: [[UInt8]] = []
        func transmit(bytes: [UInt8]) throws(CardError) -> ResponseAPDU {
            sent.append(bytes)
            return ResponseAPDU(data: [], status: .wrongLength)
        }

        func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
            sent.append(command.bytes)
            let fci = hex("6F098405A000000003A500")
            return ResponseAPDU(data: command.ins == 0xA4 ? fci[...] : command.data, status: .success)
        }
    }

    /// A session, its card and its recording.
    final class Person {
        var session: ShellSession
        let card = Card()
        var script: [String] = []
        var history: [String] = []
        init() throws { session = ShellSession(try APDUDictionary(), reader: "R") }

        @discardableResult func type(_ line: String) throws -> ShellSession.Reply {
            let reply = try session.perform(line, over: card, reset: {})
            script += session.recorded
            if let kept = session.kept { history.append(kept) }
            return reply
        }
    }

    @Test(arguments: [
        ("select visa", "00A4040005A000000003" + "00"), ("select MF", "00A40000023F0000"),
        ("select ef.dir", "00A40000022F0000"), ("select 3F00/7F10/6F3A", "00A40800047F106F3A00"),
        ("select 7F10/6F3A", "00A40800047F106F3A00"),
        ("select A0 00000003".replacing(" 0", with: "0"), "00A4040005A00000000300"),
        ("00A4 0400 05 A000000003", "00A4040005A000000003"), ("get-challenge le=8", "0084000008"),
        ("read-binary p1=81 p2=02 le=0", "00B0810200"), ("update-binary data=AABB", "00D6000002AABB"),
    ])
    func `lines become commands`(line: String, command: String) throws {
        let person = try Person()
        try person.type(line)
        #expect(person.card.sent == [hex(command)])
    }

    @Test func `bytes go as they are and into the recording`() throws {
        let person = try Person()
        try person.type("set le = 0A")
        try person.type("bytes 00A404 00 ${le}")
        #expect(person.card.sent == [hex("00A404000A")])
        #expect(person.script.contains("#: bytes 00A404 00 ${le}") && person.script.last == "#= 6700")
        let again = try Script(person.script.joined(separator: "\n"))
        let card = Card()
        let results = again.run(on: card, reset: {})
        #expect(results.filter { !$0.ok }.isEmpty)
        #expect(card.sent == person.card.sent)
        #expect(throws: ShellError.self) { try person.type("bytes") }
    }

    @Test(
        arguments: [
            // Nothing is selected, or an application that has no GET DATA of its own: ISO/IEC 7816-4's.
            (nil, "get-data p1=01 p2=00 le=0", "00CA010000"),
            ("F05653544F5245", "get-data p1=01 p2=00 le=0", "00CA010000"),
            // The issuer security domain's, and EMV's.
            ("A000000151000000", "get-data p1=00 p2=66 le=0", "80CA006600"),
            ("A0000000031010", "get-data p1=9F p2=36 le=0", "80CA9F3600"),
            ("A000000151000000", "get-data cla=00 p1=00 p2=66 le=0", "00CA006600"),
            (nil, "get-data cla=80 p1=9F p2=7F le=0", "80CA9F7F00"),
            // Of no application that is selected, but of one that is known.
            (nil, "get-processing-options data=8300 le=0", "80A8000002830000"),
        ] as [(String?, String, String)])
    func `a name is the selected application's, then the standard's`(
        aid: String?, line: String, command: String
    ) throws {
        let person = try Person()
        if let aid { try person.type("select \(aid)") }
        try person.type(line)
        #expect(person.card.sent.last == hex(command))
        if aid != nil {
            try person.type("reset")
            try person.type("get-data")
            #expect(person.card.sent.last?.first == 0x00)
        }
    }

    @Test(arguments: [
        "select nothing-like-this", "select a", "00A4", "00A404000", "hello", "set 1 = 00", "set a", "raw maybe",
        "get-challenge 8", "update-binary data=${x}", "80 ${none} 00 00", "tlv", "set a = answer",
    ])
    func `what is not understood is reported and not kept`(line: String) throws {
        let person = try Person()
        #expect(throws: ShellError.self) { try person.type(line) }
        #expect(person.card.sent.isEmpty)
    }

    @Test(arguments: [
        (
            "select nothing-like-this", ShellError.Code.unknownName,
            "nothing-like-this: is not a known name, path or AID"
        ),
        ("hello", .unknownWord, "hello: is not a command"), ("raw maybe", .badUsage, "raw maybe: is not understood"),
        ("set a", .badSet, "set a: sets nothing"), ("tlv", .noAnswer, "tlv: there is no answer yet"),
        ("get-challenge 8", .badParameter, "get-challenge 8: is not understood"),
        ("foo", .unknownWord, "foo: is not a command"), ("cla=80", .unknownWord, "cla=80: is not a command"),
        ("get-data le=0 le=1", .badParameter, "get-data le=1: is not understood"),
        ("bytes 00A40", .script, "column 11 has a byte of one digit"),
        ("update-binary data=${x}", .badData, "update-binary: data= takes up to 255 bytes and no variables"),
        ("00A404000", .script, "column 9 has a byte of one digit"),
        ("00A4", .script, "This is not a valid command APDU"),
    ])
    func `an error says what is wrong and leaves the remedy to the program`(
        line: String, code: ShellError.Code, text: String
    ) throws {
        let person = try Person()
        let error = #expect(throws: ShellError.self) { try person.type(line) }
        #expect(error?.code == code)
        #expect(error.map { "\($0)" } == text)
    }

    @Test func `a path or AID longer than a command carries is an error`() throws {
        let path = { (count: Int) in Array(repeating: "7F10", count: count).joined(separator: "/") }
        let person = try Person()
        try person.type("select " + path(127))
        #expect(person.card.sent.last?.count == 4 + 1 + 254 + 1)
        let longPath = #expect(throws: ShellError.self) { try person.type("select " + path(128)) }
        #expect(longPath?.code == .unknownName)
        let aid = String(repeating: "A0", count: 256)
        let json =
            #"{"name":"x","applies":"always","applications":[{"id":"long","aid":"\#(aid)","name":"Long"}]}"#
        var dictionary = try APDUDictionary()
        try dictionary.add(json: Array(json.utf8), file: "x.json")
        var session = ShellSession(dictionary, reader: "R")
        let longAID = #expect(throws: ShellError.self) {
            try session.perform("select long", over: person.card, reset: {})
        }
        #expect(longAID?.code == .unknownName)
        #expect(person.card.sent.count == 1)
    }

    @Test func `variables and the last answer go into commands`() throws {
        let person = try Person()
        try person.type("select visa")
        try person.type("set aid = tag 6F/84")
        try person.type("set two = answer[0+2]")
        try person.type("80 10 00 00 ${#aid} ${aid}")
        #expect(person.card.sent.last == hex("8010000005A000000003"))
        guard case .lines(let lines) = try person.type("vars") else {
            Issue.record("no lines")
            return
        }
        #expect(lines == ["aid = A0 00 00 00 03", "two = 6F 09"])
        guard case .objects(let tlv, _) = try person.type("tlv 5001AA") else {
            Issue.record("no data objects")
            return
        }
        guard case .object(let object) = tlv.nodes.first else {
            Issue.record("no data object")
            return
        }
        #expect(object.tag == 0x50)
    }

    @Test func `what is recorded is a script that finds the same answers`() throws {
        let person = try Person()
        for line in ["reset", "select visa", "set aid = tag 6F/84", "80 10 00 00 ${#aid} ${aid}", "set b = 01 02"] {
            try person.type(line)
        }
        let text = person.script.joined(separator: "\n")
        #expect(text.contains("# SELECT visa\n00 A4 04 00 05 A0 00 00 00 03 00\n#= 6F 09 84 05"))
        let script = try Script(text)
        let results = script.run(on: Card(), reset: {})
        #expect(results.count == 3)
        for result in results { #expect(result.ok, "\(result.differences)") }
    }

    /// Typed PINs are not kept in the history, recorded or shown; those in secret variables are kept by name.
    @Test func `secrets are neither kept nor recorded nor shown`() throws {
        let person = try Person()
        guard case .exchange(let event) = try person.type("00 20 00 81 04 31 32 33 34") else {
            Issue.record("no exchange")
            return
        }
        #expect(TraceText().lines(for: event).first?.contains("31 32") == false)
        try person.type("verify p2=81 data=31323334")
        #expect(person.history.isEmpty)
        guard case .wantsSecret("pin") = try person.type("secret pin") else {
            Issue.record("no question")
            return
        }
        person.session.setSecret("pin", "31323334")
        guard case .exchange(let masked) = try person.type("80 99 00 00 04 ${pin}") else {
            Issue.record("no exchange")
            return
        }
        #expect(person.card.sent.last == hex("809900000431323334"))
        try person.type("00 20 00 81 04 ${pin}")
        #expect(person.card.sent.last == hex("002000810431323334"))
        try person.type("set block = ${pin} FFFF")
        guard case .lines(let lines) = try person.type("vars") else {
            Issue.record("no lines")
            return
        }
        #expect(lines == ["block = ••", "pin = ••"])
        let all = (person.script + person.history + TraceText().lines(for: masked)).joined(separator: "\n")
        #expect(!all.filter { !$0.isWhitespace }.contains("31323334"))
        #expect(person.history.contains("00 20 00 81 04 ${pin}"))
        #expect(try Script(person.script.joined(separator: "\n")).secrets == ["pin"])
        // A line with a typing error may contain a PIN too.
        #expect(throws: (any Error).self) { try person.type("00 20 00 81 04 31 32 33 3") }
        #expect(person.session.kept == nil)
    }

    @Test(arguments: [
        "00 20 00 81 08 31 32 33 34 ${pad}", "set pin = 31 32 33 34 ${pad}", "tlv 31 32 33 34 ${pad}",
        "set pin = answer", "00 20 00 81 09 31 32 33 34",
    ])
    func `a line that cannot be executed is not kept, since it may contain a PIN`(line: String) throws {
        let person = try Person()
        #expect(throws: ShellError.self) { try person.type(line) }
        #expect(person.session.kept == nil)
    }

    /// A PIN in an ordinary variable is detected when it is used, also where it was concatenated.
    @Test func `a PIN in a plain variable is neither kept nor recorded`() throws {
        let person = try Person()
        for line in [
            "set aid = A0 00 00 00 03", "set pin = 31323334", "set prefix = 24", "set block = ${prefix} 31323334 FF",
            "80 10 00 00 ${#aid} ${aid}", "00 20 00 81 04 ${pin}", "00 20 00 82 06 ${block}", "set pin = 35363738",
            "00 20 00 81 ${#pin} ${pin}",
        ] { try person.type(line) }
        #expect(person.card.sent.last == hex("002000810435363738"))
        guard case .lines(let lines) = try person.type("vars") else {
            Issue.record("no lines")
            return
        }
        #expect(lines == ["aid = A0 00 00 00 03", "block = ••", "pin = ••", "prefix = ••"])
        let all = (person.script + person.history).joined(separator: "\n").filter { !$0.isWhitespace }
        #expect(!all.contains("31323334") && !all.contains("35363738"))
        #expect(person.script.contains("#: set aid = A0 00 00 00 03"))
        #expect(try Script(person.script.joined(separator: "\n")).secrets == ["pin", "block"])
    }

    @Test func `completion knows words commands applications and variables`() throws {
        let person = try Person()
        let names = person.session.names
        #expect(names.completions(of: "se", variables: []).contains("select"))
        #expect(names.completions(of: "get-c", variables: []) == ["get-card-uid", "get-challenge"])
        #expect(names.completions(of: "select vi", variables: []) == ["visa"])
        #expect(names.completions(of: "select ef.", variables: []).contains("ef.dir"))
        #expect(names.completions(of: "80 ${a", variables: ["aid", "b"]) == ["${aid}"])
        #expect(names.completions(of: "get-challenge l", variables: []) == ["le="])
    }

    @Test func `history keeps the newest and no repetition`() {
        var history = ShellHistory("a\n\nb\n")
        for line in ["b", " ", "c"] { history.add(line) }
        #expect(history.text == "a\nb\nc\n")
        for number in 0..<2000 { history.add("\(number)") }
        #expect(history.lines.count == ShellHistory.limit)
        #expect(history.lines.last == "1999")
    }
}
