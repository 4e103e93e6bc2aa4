import CardTrace
import ISO7816
import TestSupport
import Testing

@Suite struct TraceDecodingTests {
    static func event(_ command: String, _ response: String) throws -> TraceEvent {
        TraceEvent(
            time: 1_767_225_610_000_250, reader: "Reader 00", command: hex(command),
            outcome: .success(try ResponseAPDU(hex(response))), duration: .microseconds(1_234))
    }

    /// The two lines of the last of these exchanges with one card.
    static func lines(_ exchanges: [(String, String)]) throws -> [String] {
        var decoder = TraceDecoder(try APDUDictionary())
        var lines: [String] = []
        for (command, response) in exchanges {
            lines = TraceText(byteLimit: 4).lines(for: decoder.decode(try event(command, response)))
        }
        return lines
    }

    @Test func `every step of every vector is decoded to the last byte`() throws {
        let dictionary = try APDUDictionary()
        var count = 0
        for transcript in try APDUTranscript.all() {
            var decoders: [String: TraceDecoder] = [:]
            for step in transcript.steps ?? [] {
                let event = try Self.event(step.command, step.response)
                let decoded = decoders[step.card, default: TraceDecoder(dictionary)].decode(event)
                let comment: Comment = "\(transcript.name): \(step.label)"
                #expect(decoded.name != nil, comment)
                #expect(decoded.leftover == 0, comment)
                guard case .response(let response) = decoded.outcome else { continue }
                #expect(response.leftover == 0, comment)
                #expect(response.text != nil, comment)
                #expect((response.bytes.count > 2) == !response.fields.isEmpty, comment)
                count += 1
            }
        }
        #expect(count > 150)
    }

    @Test func `a handshake reads well`() throws {
        let select = (
            "00A4040007F05653544F524500", "6F1F8407F05653544F5245A514800800A1B2C310011234810101820100830204009000"
        )
        #expect(
            try Self.lines([select]) == [
                "> 00 A4 04 00 …  SELECT by DF name  AID=F05653544F5245 (purse application)",
                "< 6F 1F 84 07 … 9000  done  DF name=F05653544F5245 (purse application) EID=00A1B2C3-10-011234 protocol version=1 "
                    + "state=blank keys=ADMIN v0  1.23 ms",
            ])
        #expect(
            try Self.lines([
                select, ("805001011800A1B2C330010001918C54234106D5F8ADE69D54A5830B3E00", "6A88"),
            ]) == [
                "> 80 50 01 01 …  INITIALIZE CREDIT v1  PID=00A1B2C3-30-010001",
                "< 6A88  no such key, or no slot of this PID  1.23 ms",
            ])
        #expect(
            try Self.lines([
                select, ("00CA010100", "00000000028624CE019A000000001DCD650000000000000000009000"),
            ])[1]
                == "< 00 00 00 00 … 9000  done  balance=42.345678 currency=410 limit=500.00 meter=00000000-00-000000"
                + "  1.23 ms")
    }

    @Test func `the selected application decides what a command means`() throws {
        let purse = ("00A4040007F05653544F524500", "9000")
        let master = ("00A4040007F056534D4B455900", "9000")
        let refused = ("00A4040007F056534D4B455900", "6A82")
        let keys = ("00CA010000", "6D00")
        let other = ("00A4040005A00000000300", "9000")
        let domain = ("00A4040008A00000015100000000", "9000")
        func name(_ exchanges: [(String, String)]) throws -> String {
            let parts = try Self.lines(exchanges)[0].split(separator: "  ")
            return String(try #require(parts.dropFirst().first))
        }
        #expect(try name([keys]) == "GET DATA")
        #expect(try name([purse, keys]) == "GET DATA element")
        #expect(try name([master, keys]) == "GET DATA keys")
        #expect(try name([purse, refused, keys]) == "GET DATA element")
        #expect(try name([other, keys]) == "GET DATA")
        #expect(try name([other, ("80A8000002830000", "6985")]) == "GET PROCESSING OPTIONS")
        #expect(try name([domain, ("80500000080011223344556677", "6985")]).hasPrefix("INITIALIZE UPDATE"))
        #expect(try name([purse, ("80520100", "6700")]) == "EXECUTE STORE CREDIT seq=0")
        var decoder = TraceDecoder(try APDUDictionary())
        _ = decoder.decode(try Self.event(master.0, master.1))
        decoder.reset()
        #expect(decoder.decode(try Self.event(keys.0, keys.1)).name == "GET DATA element")
    }

    @Test func `each logical channel has its own application`() throws {
        var decoder = TraceDecoder(try APDUDictionary())
        func decode(_ command: String, _ answer: String) throws -> DecodedEvent {
            decoder.decode(try Self.event(command, answer))
        }
        _ = try decode("00A4040007F056534D4B455900", "9000")
        _ = try decode("0070000001", "019000")
        _ = try decode("01A4040006D2760001240100", "6102")
        #expect(try decode("00CA010000", "6D00").name == "GET DATA keys")
        // The pending answer of a channel stays on that channel.
        #expect(try decode("00C0000002", "6985").name == "GET RESPONSE")
        #expect(try decode("012A9E9A021234", "6985").name == "COMPUTE DIGITAL SIGNATURE")
        #expect(try decode("002A9E9A021234", "6985").name == "PERFORM SECURITY OPERATION")
        _ = try decode("01708000", "9000")
        // A class byte that indicates a channel that is not open may be proprietary.
        #expect(try decode("012A9E9A021234", "6985").name == "PERFORM SECURITY OPERATION")
    }

    @Test func `an answer in parts is decoded at its last`() throws {
        let select = "00A4040007F05653544F5245"
        let parts = [
            (select, "6121"), ("00C0000010", "6F1F8407F05653544F5245A5148008006111"),
            ("00C0000011", "A1B2C310011234810101820100830204009000"),
        ]
        #expect(try Self.lines([parts[0]])[1] == "< 6121  done, 33 bytes wait for GET RESPONSE  1.23 ms")
        #expect(try Self.lines(Array(parts.prefix(2)))[1].contains("17 bytes wait"))
        let last = try Self.lines(parts)
        #expect(last[0].hasSuffix("GET RESPONSE"))
        #expect(last[1].contains("EID=00A1B2C3-10-011234 protocol version=1 state=blank keys=ADMIN v0"))
    }

    @Test func `what no dictionary knows is shown as bytes`() throws {
        let lines = try Self.lines([("D0FE010203AABBCC", "01029F01")])
        #expect(lines[0] == "> D0 FE 01 02 …  unknown command")
        #expect(lines[1].hasPrefix("< 01 02 9F01  unknown status word  answer=0102"))
        // A malformed body keeps its name and shows its bytes.
        let purse = ("00A4040007F05653544F524500", "9000")
        #expect(
            try Self.lines([purse, ("8050010103AABBCC", "6700")])[0].hasSuffix("INITIALIZE CREDIT v1  data=AABBCC"))
    }

    @Test func `JSON is one object a line`() throws {
        var decoder = TraceDecoder(try APDUDictionary())
        _ = decoder.decode(try Self.event("00A4040007F05653544F524500", "9000"))
        let event = decoder.decode(try Self.event("00CA010200", "6A88"))
        #expect(
            TraceJSON().line(for: event) == """
                {"time":"2026-01-01T00:00:10.000250Z","reader":"Reader 00","microseconds":1234,"command":\
                {"bytes":"00CA010200","name":"GET DATA purse","parameters":[{"name":"service","value":2,"text":"gas"}]},\
                "response":{"bytes":"","status":"6A88","text":"no such purse"}}
                """)
    }

    @Test func `a channel is traced`() throws {
        struct Echo: CardChannel {
            func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
                if command.ins == 0x44 { throw CardError(.cardRemoved, subject: "Reader \"7\"") }
                return ResponseAPDU(data: command.data, status: .success)
            }
        }
        var events: [TraceEvent] = []
        let channel = TracingChannel(Echo(), name: "Reader 7", now: { 7 }, sink: { events.append($0) })
        #expect(try channel.transmit(CommandAPDU([0x00, 0xB0, 0x00, 0x00])).status == .success)
        #expect(throws: CardError(.cardRemoved, subject: "")) {
            try channel.transmit(CommandAPDU([0x00, 0x44, 0x00, 0x00]))
        }
        #expect(events.map(\.time) == [7, 7])
        #expect(events.map(\.reader) == ["Reader 7", "Reader 7"])
        #expect(events[1].command.bytes == [0x00, 0x44, 0x00, 0x00])
        var decoder = TraceDecoder(try APDUDictionary())
        let failed = decoder.decode(events[1])
        #expect(TraceText().lines(for: failed)[1].hasPrefix("! Reader \"7\": the card was taken out"))
        #expect(
            TraceJSON().line(for: failed).contains(
                #""error":{"code":7,"reason":"the card was taken out","subject":"Reader \"7\"""#))
    }
}
