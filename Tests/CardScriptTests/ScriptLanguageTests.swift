import CardScript
import CardTrace
import ISO7816
import TestSupport
import Testing

/// Features of scripts beyond scriptor.
@Suite struct ScriptLanguageTests {
    /// Answers each command with the next of its answers, 9000 when there are no more, and records the commands.
    final class Card: CardChannel {
        private(set) var sent: [[UInt8]] = []
        private var answers: [[UInt8]]
        init(_ answers: String...) { self.answers = answers.map { hex($0) } }
        func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
            sent.append(command.bytes)
            do {
                return try ResponseAPDU(answers.isEmpty ? [0x90, 0x00] : answers.removeFirst())
            } catch {
                throw CardError(.malformedAnswer, subject: "test card", cause: error)
            }
        }
    }

    func run(
        _ text: String, on card: Card, _ variables: ScriptVariables = ScriptVariables(),
        rows: [[String: String]]? = nil
    ) throws -> [ScriptResult] {
        try Script(text).run(on: card, variables: variables, rows: rows, reset: {})
    }

    /// Forty doublings of two bytes would be two terabytes.
    @Test func `variables that grow without end are refused`() throws {
        let doublings = String(repeating: "#: set a = ${a}${a}\n", count: 40)
        let results = try run("#: set a = 0102\n" + doublings, on: Card())
        guard case .invalid(let error)? = results.first?.outcome else {
            Issue.record("the doublings were done")
            return
        }
        #expect(error.code == .tooLong && error.line == 17)
        let many = String(repeating: "${a}", count: 4)
        let expecting = try run(
            "#: set a = 0102\n" + String(repeating: "#: set a = ${a}${a}\n", count: 14) + "00A40000\n#= \(many) 9000\n",
            on: Card())
        guard case .invalid(let tooMuch)? = expecting.last?.outcome else {
            Issue.record("more was expected than an answer holds")
            return
        }
        #expect(tooMuch.code == .tooLong)
    }

    @Test func `variables come from constants and answers and go into commands and expectations`() throws {
        let card = Card("6F098405F05653544FA500 9000".filter { $0 != " " }, "0102030405069000", "F05653544F0304056A82")
        let results = try run(
            """
            #: set aid = F0 56 53 54 4F
            00 A4 04 00 ${#aid} ${aid} 00
            #= 6F *{1} 84 ${#aid} ${aid} * 9000
            #: set name = tag 6F/84
            #: expect tag 6F/84 = F0 * 4F
            #: expect tag 6F/A5
            #: expect no tag 6F/A6
            #: expect length 11
            00B0000000
            #: set middle = answer[2+3]
            #: set rest = answer[4+]
            #: set sw = status
            #: set word = "Ab"
            80 10 00 00 0B ${name} ${middle} ${#rest} ${word}
            #= ${name} ${middle} 6A82
            80 20 ${sw}
            """, on: card)
        #expect(results.map(\.ok) == [true, true, true, true])
        #expect(results.flatMap(\.differences).isEmpty)
        #expect(card.sent[0] == hex("00A4040005F05653544F00"))
        #expect(card.sent[2] == hex("801000000BF05653544F030405024162"))
        #expect(card.sent[3] == hex("80209000"))
    }

    @Test func `what is not as expected is reported with its line`() throws {
        let results = try run(
            """
            00CA0000 00
            #= 5A *{2} 9000
            #: expect tag 5A = 00 *
            #: expect tag 5B
            #: expect no tag 5A
            #: expect length 0-2
            #: set x = answer[3+4]
            #: set y = tag 6F/84
            """.replacing("00CA0000 00", with: "00CA000000"), on: Card("5A0312345F9000"))
        let differences = try #require(results.first).differences
        #expect(differences.map(\.line) == [1, 3, 4, 5, 6, 7, 8])
        #expect(differences[1].found == "it is 12 34 5F")
        #expect(differences[1].expected == "expect tag 5A = 00 *")
        #expect(differences[5].found == "the answer has 5 bytes")
        #expect(results[0].ok == false)
    }

    @Test func `rows run over a table and a whole script does without them`() throws {
        let rows = [["key": "0A", "label": "one"], ["key": "0B 0C", "label": "two"]]
        let text = "00B00000\n#: rows\n80D00000 ${#key} ${key}\n80D10000 ${#label.text} ${label.text}\n#: end\n00B00001"
        let card = Card()
        let results = try run(text, on: card, rows: rows)
        #expect(
            card.sent.map { $0.map { String($0, radix: 16) }.joined(separator: " ") } == [
                "0 b0 0 0", "80 d0 0 0 1 a", "80 d1 0 0 3 6f 6e 65", "80 d0 0 0 2 b c", "80 d1 0 0 3 74 77 6f",
                "0 b0 0 1",
            ])
        #expect(results.map(\.row) == [nil, 1, 1, 2, 2, nil])
        #expect(results[1].name.hasSuffix("(row 1)"))
        let whole = Card()
        #expect(try run("80D00000 ${#key} ${key}", on: whole, rows: rows).count == 2)
        #expect(whole.sent.count == 2)
        let without = Card()
        #expect(try run(text, on: without).count == 2)
    }

    @Test func `a variable without a fitting value sends nothing`() throws {
        let card = Card()
        let rows = [["word": "no digits", "long": String(repeating: "00", count: 256)]]
        let results = try run(
            "80D00000 01 ${nothing}\n80D00000 01 ${word}\n80D00000 ${#long}\n80D00000 05 ${word.text}", on: card,
            rows: rows)
        #expect(card.sent.isEmpty)
        let errors = results.compactMap { if case .invalid(let error) = $0.outcome { error } else { nil } }
        #expect(errors.count == 4)
        #expect(errors[0].column == 13)
        #expect(errors[0].code == .unknownVariable)
        #expect(errors[1].code == .notDigits)
        #expect(errors[2].code == .countTooLarge)
        #expect(errors[3].code == .notACommand)
    }

    @Test func `secrets are given, in a column of the table, or else asked for`() throws {
        let script = try Script("#: secret pin\n#: secret key\n#: secret salt\n80 99 00 00 01 ${pin}")
        var asked: [String] = []
        let variables = try ScriptVariables(
            of: script, definitions: [("aid", "A0"), ("aid", "A1")], secrets: ["pin": "31"], columns: ["pin", "key"]
        ) { name in
            asked.append(name)
            return "77"
        }
        #expect(asked == ["salt"])
        #expect(variables["aid"] == .text("A1"))
        #expect(variables["pin"] == .text("31"))
        #expect(variables["key"] == nil)
        #expect(variables["salt"] == .text("77"))
        #expect(["pin", "key", "salt"].allSatisfy(variables.isSecret))
        #expect(!variables.isSecret("aid"))
        #expect(ScriptVariables.definition("a=b=c").map { [$0.name, $0.value] } == ["a", "b=c"])
        #expect(ScriptVariables.definition("1=b") == nil)
        #expect(ScriptVariables.definition("a") == nil)
    }

    @Test func `a secret is never in a result`() throws {
        let script = try Script("#: secret pin\n#: set block = ${pin} FF FF\n80 99 00 00 06 ${block}\n#= 31 9000")
        #expect(script.secrets == ["pin"])
        var variables = ScriptVariables()
        variables.setSecret("pin", .text("31323334"))
        let card = Card("00313233349000")
        let results = script.run(on: card, variables: variables, reset: {})
        #expect(card.sent == [hex("80990000063132333" + "4FFFF")])
        let result = try #require(results.first)
        #expect(result.sent?.hexadecimal() == "8099000006" + String(repeating: "••", count: 6))
        #expect(result.answer?.hexadecimal() == "00••••••••9000")
        let xml = ScriptJUnit(name: "a", results: [(result, .zero)]).xml
        for text in [xml, "\(result.differences)", result.name, "\(variables.names)"] {
            #expect(!text.contains("31323334") && !text.contains("31 32 33 34"), "\(text)")
        }
        let event = TraceEvent(
            time: 0, reader: "R", command: card.sent[0],
            outcome: .success(try ResponseAPDU(hex("00313233349000"))), duration: .zero)
        let masked = event.masking(variables.secrets)
        #expect(masked.command.hexadecimal() == "8099000006••••••••FFFF")
        if case .response(let answer) = masked.outcome { #expect(answer.hexadecimal() == "00••••••••9000") }
    }

    @Test func `a secret that got another value stays hidden`() throws {
        let script = try Script("#: secret pin\n#: set other = ${pin}\n#: set pin = 77\n80 99 00 00 04 ${other}")
        var variables = ScriptVariables()
        variables.setSecret("pin", .text("31323334"))
        let card = Card("00313233349000")
        let results = script.run(on: card, variables: variables, reset: {})
        #expect(card.sent == [hex("809900000431323334")])
        let result = try #require(results.first)
        #expect(result.sent?.hexadecimal() == "8099000004••••••••")
        #expect(result.answer?.hexadecimal() == "00••••••••9000")
        #expect(!result.name.contains("31"))
    }

    @Test func `files are included but not in a circle`() throws {
        let files = ["a": "00A40000\n#: include b\nexit\n00FF0000", "b": "00B00000", "c": "#: include c"]
        func read(_ text: String) throws -> Script {
            try Script(text) { (name) throws(ScriptError.NoInclude) in
                guard let text = files[name] else { throw ScriptError.NoInclude("There is no \(name).") }
                return text
            }
        }
        let script = try read("#: include a\n00C00000")
        #expect(script.steps.map(\.file) == ["a", "b", nil])
        #expect(script.steps.map(\.line) == [1, 1, 2])
        let circle = #expect(throws: ScriptError.self) { try read("00A40000\n#: include c") }
        #expect(circle?.code == .includedTwice)
        #expect(circle?.file == "c")
        let missing = #expect(throws: ScriptError.self) { try read("#: include d") }
        #expect(missing?.code == .noInclude && missing?.reason == "There is no d.")
        #expect(missing?.description == "line 1 (#: include d) includes what cannot be read (There is no d.)")
        #expect(throws: ScriptError.self) { try Script("#: include a") }
        // A command does not continue in another file, and the error names the right file.
        let open = #expect(throws: ScriptError.self) { try read("reset\n00A40400\\\n#: include b") }
        #expect(open?.code == .unfinished && open?.line == 2 && open?.file == nil)
        // `exit` ends a file like its last line.
        let exited = #expect(throws: ScriptError.self) {
            try Script("#: include e\n9000") { (_) throws(ScriptError.NoInclude) in "reset\n00A40400\\\nexit" }
        }
        #expect(exited?.code == .unfinished && exited?.line == 2 && exited?.file == "e")
    }

    @Test(
        arguments: [
            ("#: what", ScriptError.Code.unknownDirective, 3), ("#: set 1a = 00", .badSet, nil),
            ("#: set a 00", .badSet, nil), ("#: set a = tag 80", .misplacedCheck, nil),
            ("#: set a = answers", .badSet, 12), ("#: set a = 0", .halfByte, 12),
            ("#: set a = 00 *", .unexpectedCharacter, 12),
            ("#: secret", .badSecret, nil), ("#: end", .misplacedRows, nil), ("#: rows\n", .misplacedRows, nil),
            ("#: rows\n#: rows", .misplacedRows, nil), ("#: expect length 4", .misplacedCheck, nil),
            ("00A40000\n#: expect length 4-2", .badCheck, 11), ("00A40000\n#: expect tag XX", .badCheck, 11),
            ("00A40000\n#: expect tag 84 = 0", .halfByte, 20), ("00A40000\n#= *{2-1} 9000", .badWildcard, 4),
            ("00A40000\n#= *{ 9000", .badWildcard, 4), ("00A40000\n#= ${} 9000", .badVariable, 4),
            ("00A4 $x", .badVariable, 6), ("00A4 ${a} GG", .unexpectedCharacter, 11),
            ("00A4${a}\\", .continuedVariable, nil),
            ("00A4040G", .notHexadecimal, 8), ("00 A4 4", .spacing, 7),
        ] as [(String, ScriptError.Code, Int?)])
    func `errors name line column and what is wrong`(text: String, code: ScriptError.Code, column: Int?) throws {
        let error = try #require(throws: ScriptError.self) { try Script(text) }
        #expect(error.code == code)
        #expect(error.column == column)
        #expect(error.description.hasPrefix(error.subject) && error.subject.hasPrefix("line "))
    }

    @Test func `JUnit tells failures and errors apart and escapes`() throws {
        let results = try run(
            "# <first> & \"second\"\n00A40000\n#= 9000\n00A40000\n#= 9000\n00A4 ${none}", on: Card("6A82"))
        let xml = ScriptJUnit(name: "a.apdu", results: results.map { ($0, .milliseconds(1234)) }).xml
        #expect(xml.contains("<testsuite name=\"a.apdu\" tests=\"3\" failures=\"1\" errors=\"1\" time=\"3.702\">"))
        #expect(xml.contains("name=\"line 2: &lt;first&gt; &amp; &quot;second&quot;\""))
        #expect(
            xml.contains("<failure message=\"expected 9000, found 6A 82\">command: 00 A4 00 00&#10;answer: 6A 82&#10;"))
        #expect(xml.contains("<error message=\"line 6, column 6 (00A4 ${none}) uses ${none}"))
    }

    @Test func `many wildcards cost no more than their number`() throws {
        let pattern = String(repeating: "* 00 ", count: 200) + "* FF 9000"
        let expected = try #require(ExpectedResponse(pattern))
        #expect(!expected.matches(ResponseAPDU(data: [UInt8](repeating: 0, count: 300), status: .success)))
    }
}
