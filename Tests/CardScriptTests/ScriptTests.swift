import CardScript
import ISO7816
import TestSupport
import Testing

@Suite struct ScriptTests {
    /// Answers 9000 with the command's data, 6D00 to INS FF, and nothing at INS 44.
    final class Card: CardChannel {
        private(set) var resets = 0
        func reset() { resets += 1 }
        func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
            if command.ins == 0x44 { throw CardError(.cardRemoved, subject: "test card") }
            return ResponseAPDU(data: command.data, status: command.ins == 0xFF ? .instructionNotSupported : .success)
        }
    }

    @Test func `everything that scriptor reads is read`() throws {
        let script = try Script(
            """
            # Select

            00A4040002F056
            #= 9000
            00 A4 04 00 02 F0 56\u{20}
            #= F056 9000
            RESET
            00 A4 04 00 \\
            # comments may stand between
            02 F0 56
            80440000
            exit
            this is never read
            """)
        #expect(script.steps.map(\.line) == [3, 5, 7, 8, 11])
        #expect(script.steps.map(\.comment) == ["Select", nil, nil, "comments may stand between", nil])
        let select = ScriptCommand(try CommandAPDU([0x00, 0xA4, 0x04, 0x00, 0x02, 0xF0, 0x56]))
        #expect(script.steps[0].action == .send(select, expected: ExpectedResponse("9000")))
        #expect(script.steps[1].action == .send(select, expected: ExpectedResponse("F056 9000")))
        #expect(script.steps[2].action == .reset)
        #expect(script.steps[3].action == .send(select, expected: nil))
    }

    @Test func `bytes are sent as they are and answers to them are checked`() throws {
        /// Takes any bytes, and answers with them.
        final class Verbatim: CardChannel {
            private(set) var sent: [[UInt8]] = []
            func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
                try transmit(bytes: command.bytes)
            }
            func transmit(bytes: [UInt8]) throws(CardError) -> ResponseAPDU {
                sent.append(bytes)
                return ResponseAPDU(data: bytes[...], status: StatusWord(0x6110))
            }
        }
        let script = try Script(
            """
            #: set aid = F056
            #: bytes 00A404 000A ${aid}
            #= 00 A4 04 00 0A F0 56 6110
            #: expect length 7
            #: bytes 00A4
            00A4040002F056
            """)
        #expect(script.steps.count == 4)
        let card = Verbatim()
        let results = script.run(on: card, reset: {})
        #expect(card.sent == [hex("00A404000AF056"), hex("00A4"), hex("00A4040002F056")])
        #expect(results.allSatisfy(\.ok) && results.count == 3)
        // The same bytes as a command are followed: they are another line.
        #expect(try Script("#: bytes 00A4040002F056").steps.map(\.action) != [script.steps[3].action])
    }

    /// As a session is recorded: each command in a line of its own.
    @Test(arguments: [
        "22 29 22 32 71", "2229223271", "#:bytes 2229223271", "#: bytes 22 29 2232 71", "#:bytes\t00A4",
        "00A4 0400  ${#aid}${aid}\t00", "#:bytes ${aid}  ${aid.text} 00",
    ])
    func `a command is the same in its own line`(text: String) throws {
        let actions = try Script(text).steps.map(\.action)
        guard case .send(let command, nil)? = actions.first, actions.count == 1 else {
            Issue.record("\(actions)")
            return
        }
        #expect(try Script(command.line).steps.map(\.action) == actions, "\(command.line)")
    }

    /// The command that a line's bytes are is followed, so that the line is not the same as its bytes.
    @Test func `what is sent as it is equals no command of the same bytes`() throws {
        let script = try Script("#:bytes 2229223271\n2229223271\n00${a}\n00 ${a}\n00${a.text}\n00${#a}\n00${b}")
        let actions = script.steps.map(\.action)
        #expect(actions[0] != actions[1] && actions[2] == actions[3])
        #expect(Set(actions).count == 6)
    }

    /// Where a variable stands does not tell expectations apart.
    @Test func `an expectation is the same however it is spaced`() {
        #expect(ExpectedResponse("84 ${a}  9000") == ExpectedResponse("84 ${a} 9000"))
        #expect(ExpectedResponse("84 ${a}  9000") != ExpectedResponse("84 ${b}  9000"))
    }

    @Test func `bytes are refused where a channel carries commands alone`() throws {
        let results = try Script("#: bytes 00A4\n#: bytes 0084000008").run(on: Card(), reset: {})
        let outcome = try #require(results.first?.outcome)
        guard case .failure(let error) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(error.code == .unsupported && results.count == 1)
    }

    @Test(arguments: [
        ("#: bytes", ScriptError.Code.noBytes, nil), ("#: bytes 00A", .halfByte, 12), ("#: bytes 0G", .halfByte, 11),
        ("#: bytes *", .unexpectedCharacter, 10), ("00A40400\\\n#: bytes 00", .unfinished, nil),
    ])
    func `bytes that are none are refused`(text: String, code: ScriptError.Code, column: Int?) throws {
        let error = #expect(throws: ScriptError.self) { try Script(text) }
        #expect(error?.code == code)
        if let column { #expect(error?.column == column) }
    }

    @Test(arguments: [
        ("00A4040002F056 # 9000", ScriptError.Code.trailingComment), ("00A40400;9000", .trailingComment),
        ("00A40400 // no", .trailingComment), (" # indented", .notHexadecimal), ("// other", .notHexadecimal),
        ("00 A4  04 00", .spacing), (" 00 A4 04 00", .spacing), ("00A4 0400", .spacing), ("00A4040", .spacing),
        ("00\tA4\t04\t00", .notHexadecimal), ("00A4040005F056", .notACommand), ("00A4", .notACommand),
        ("# the exit", .containsExit), ("00A40400\\", .unfinished), ("#= 9000", .misplacedExpectation),
        ("00A40400\n#= 9000\n#= 9000", .misplacedExpectation), ("00A40400\n#= 90", .badExpectation),
        ("00A40400\n#= * 00 *", .badExpectation),
    ])
    func `what scriptor would read otherwise is refused`(text: String, code: ScriptError.Code) throws {
        let error = #expect(throws: ScriptError.self) { try Script("# first\n" + text) }
        #expect(error?.code == code)
        #expect(error?.line == 1 + text.split(separator: "\n").count)
    }

    @Test(arguments: [
        ("9000", "AABB9000", true), ("9000", "6A82", false), ("61xx", "6110", true), ("63Cx", "63C2", true),
        ("63Cx", "6300", false), ("AABB 9000", "AABB9000", true), ("AABB 9000", "AA9000", false),
        ("AAxB 9000", "AA0B9000", true), ("AA * 9000", "AA9000", true), ("AA * BB 9000", "AABB9000", true),
        ("AA * BB 9000", "AA00BB9000", true), ("AA * AA 9000", "AA9000", false), ("* 9000", "9000", true),
        ("* BB xxxx", "BC9000", false), ("* 84 * 50 * 9000", "6F84A550019000", true),
        ("* 84 * 50 * 9000", "6F50A5849000", false), ("*{2} AA 9000", "0102AA9000", true),
        ("*{2} AA 9000", "01AA9000", false), ("*{0-1} AA *{2-3} 9000", "AA01029000", true),
        ("*{0-1} AA *{2-3} 9000", "00AA019000", false),
    ])
    func `expectations`(text: String, answer: String, isMet: Bool) throws {
        let expected = try #require(ExpectedResponse(text))
        #expect(expected.matches(try ResponseAPDU(hex(answer))) == isMet)
        #expect(expected.description == text)
    }

    @Test func `a run goes on after a mismatch unless reported and ends without an answer`() throws {
        let script = try Script(
            "00FF0000\n#= 9000\nreset\n00B0000001AA\n#= AA9000\n00440000\n00B00000")
        let card = Card()
        var reported = 0
        let results = script.run(on: card, reset: card.reset, report: { _ in reported += 1 })
        #expect(results.map(\.line) == [1, 3, 4, 6])
        #expect(results.map(\.ok) == [false, true, true, false])
        #expect(results[0].response?.status == .instructionNotSupported)
        #expect(results[0].expected?.description == "9000")
        #expect(results[3].response == nil)
        #expect(results[1].sent == nil)
        #expect(reported == 4)
        #expect(card.resets == 1)
        #expect(script.run(on: card, onMismatch: .stop, reset: card.reset).count == 1)
    }
}
