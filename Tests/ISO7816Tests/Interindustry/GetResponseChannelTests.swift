import ISO7816
import TestSupport
import Testing

@Suite struct GetResponseChannelTests {
    private func sent(
        _ command: String, answers: [String], transmission: TransmissionProtocol = .t0
    ) throws -> (sent: [[UInt8]], response: [UInt8]) {
        let line = Line(ScriptedCard(answers.map(hex)), transmission)
        let response = try GetResponseChannel(line).transmit(CommandAPDU(hex(command)))
        return (line.sent, response.bytes)
    }

    /// A card without an end.
    private struct EndlessCard: CardChannel {
        func transmit(_ command: CommandAPDU) -> ResponseAPDU {
            ResponseAPDU(data: [UInt8](repeating: 1, count: 256), status: StatusWord(0x6100))
        }
    }

    @Test func `limits above the longest answer are lowered to it`() throws {
        var limits = GetResponseChannel.Limits(rounds: 1000, bytes: .max)
        #expect(limits.bytes == 65_536)
        limits.bytes = 100_000
        #expect(limits.bytes == 65_536)
        let channel = GetResponseChannel(EndlessCard(), limits: limits)
        let command = try CommandAPDU(hex("00 B0 00 00 00"))
        #expect(throws: CardError(.malformedAnswer, subject: "")) { try channel.transmit(command) }
    }

    @Test(arguments: [
        ("00 A4 00 00", "00 A4 00 00 00"),
        ("00 B0 00 00 05", "00 B0 00 00 05"),
        ("00 B0 00 00 00", "00 B0 00 00 00"),
        ("00 B0 00 00 00 01 00", "00 B0 00 00 00"),
        ("00 B0 00 00 00 00 10", "00 B0 00 00 10"),
        ("00 D6 00 00 01 AA", "00 D6 00 00 01 AA"),
        ("00 A4 04 00 01 AA 00", "00 A4 04 00 01 AA"),
        ("00 A4 04 00 00 00 01 AA 00 00", "00 A4 04 00 01 AA"),
    ])
    func `commands are mapped to T=0`(command: String, tpdu: String) throws {
        #expect(try sent(command, answers: ["9000"]).sent == [hex(tpdu)])
        #expect(try sent(command, answers: ["9000"], transmission: .t1).sent == [hex(command)])
    }

    @Test(
        arguments: [
            (0x00, 0x00), (0x03, 0x03), (0x0C, 0x00), (0x1D, 0x01), (0x40, 0x40), (0x4F, 0x4F), (0x73, 0x43),
            (0x80, 0x00), (0x84, 0x00), (0x92, 0x02), (0xC5, 0x45),
        ] as [(UInt8, UInt8)])
    func `GET RESPONSE keeps the channel alone`(cla: UInt8, expected: UInt8) throws {
        let line = Line(ScriptedCard([hex("6102"), hex("AABB 9000")]), .t0)
        let response = try GetResponseChannel(line).transmit(
            CommandAPDU(cla: cla, ins: 0x10, p1: 0, p2: 0, data: [1]))
        #expect(line.sent.last == [expected, 0xC0, 0, 0, 2])
        #expect(response.bytes == hex("AABB 9000"))
    }

    @Test func `a wrong Le is repeated in its own form`() throws {
        let short = try sent("00 B0 00 00 00", answers: ["6C02", "AABB 9000"])
        #expect(short.sent == [hex("00 B0 00 00 00"), hex("00 B0 00 00 02")])
        #expect(short.response == hex("AABB 9000"))
        let extended = try sent("00 CB 00 00 00 00 01 AA 00 00", answers: ["6C02", "AABB 9000"], transmission: .t1)
        #expect(extended.sent.last == hex("00 CB 00 00 00 00 01 AA 00 02"))
        let getResponse = try sent("00 A4 04 00 01 AA 00", answers: ["6100", "6C02", "AABB 9000"])
        #expect(getResponse.sent.last == hex("00 C0 00 00 02"))
        #expect(getResponse.response == hex("AABB 9000"))
    }

    @Test(arguments: [
        ("00 D6 00 00 01 AA", ["6C02"]), ("00 B0 00 00 02", ["6C02"]), ("00 B0 00 00 02", ["6985"]),
    ])
    func `what cannot be followed is given as it is`(command: String, answers: [String]) throws {
        let (sent, response) = try sent(command, answers: answers)
        #expect(response == hex(answers[0]))
        #expect(sent.count == 1)
    }

    @Test func `an answer without end is an error`() throws {
        for answers in [["6101"], ["6101", "AA 6101"], ["AA 6101"]] {
            let line = Line(ScriptedCard(answers.map(hex)), .t0)
            let channel = GetResponseChannel(line, limits: .init(rounds: 5, bytes: 1_000))
            #expect(throws: CardError(.malformedAnswer, subject: "")) {
                try channel.transmit(CommandAPDU(hex("00 A4 04 00 01 AA 00")))
            }
            #expect(line.sent.count == 6)
        }
        let flip = Line(ScriptedCard((0..<20).map { [0x6C, UInt8($0 % 2 + 1)] }))
        #expect(throws: CardError(.malformedAnswer, subject: "")) {
            try GetResponseChannel(flip, limits: .init(rounds: 5)).transmit(CommandAPDU(hex("00 B0 00 00 00")))
        }
        #expect(flip.sent.count == 6)
    }

    @Test func `more bytes than allowed are an error`() throws {
        let part = [UInt8](repeating: 1, count: 256)
        for bytes in [255, 256, 511] {
            let line = Line(ScriptedCard([hex("6100"), part + hex("6100"), part + hex("9000")]))
            #expect(throws: CardError(.malformedAnswer, subject: "")) {
                try GetResponseChannel(line, limits: .init(bytes: bytes)).transmit(CommandAPDU(hex("00 A4 04 00")))
            }
        }
        let line = Line(ScriptedCard([hex("6100"), part + hex("6100"), part + hex("9000")]))
        let whole = try GetResponseChannel(line, limits: .init(bytes: 512)).transmit(CommandAPDU(hex("00 A4 04 00")))
        #expect(whole.data.count == 512)
    }

    @Test func `more data than T=0 carries is refused`() throws {
        let line = Line(ScriptedCard([hex("9000")]), .t0)
        let command = try CommandAPDU(cla: 0, ins: 0xD6, p1: 0, p2: 0, data: [UInt8](repeating: 0, count: 256))
        #expect(throws: CardError(.unsupported, subject: "")) {
            try GetResponseChannel(line).transmit(command)
        }
        #expect(line.sent.isEmpty)
    }
}
