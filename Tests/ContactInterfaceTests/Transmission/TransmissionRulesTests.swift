import ContactInterface
import ISO7816
import TestSupport
import Testing

/// Values from ISO/IEC 7816-3.
@Suite struct TransmissionRulesTests {
    /// The initial characters of 8.1, moment by moment from the second: the high levels.
    @Test func `initial characters tell the convention`() {
        #expect(AnswerToReset.Convention.direct.levels(of: 0x3B) == 0b1_0011_1011)
        #expect(AnswerToReset.Convention.inverse.levels(of: 0x3F) == 0b1_0000_0011)
        #expect(AnswerToReset.Convention(initialCharacter: 0b1_0011_1011) == .direct)
        #expect(AnswerToReset.Convention(initialCharacter: 0b1_0000_0011) == .inverse)
        // A reader in the direct convention sees the inverse TS as 03 with wrong parity.
        #expect(AnswerToReset.Convention.direct.byte(of: 0b1_0000_0011) == nil)
    }

    @Test(arguments: [AnswerToReset.Convention.direct, .inverse])
    func `every byte comes back and every wrong level shows`(convention: AnswerToReset.Convention) {
        for byte in UInt8.min...UInt8.max {
            let levels = convention.levels(of: byte)
            #expect(convention.byte(of: levels) == byte)
            for moment in 0..<9 { #expect(convention.byte(of: levels ^ 1 << UInt16(moment)) == nil) }
        }
    }

    /// The check value of the CRC of ISO/IEC 13239 (CRC-16/X-25) is 906E.
    @Test func `checks are right`() {
        let text = Array("123456789".utf8)
        #expect(AnswerToReset.BlockCheck.crc.code(of: text[...]) == [0x6E, 0x90])
        #expect(AnswerToReset.BlockCheck.lrc.code(of: text[...]) == [0x31])
        let block = T1Block(.information(0, more: false), information: [0x00, 0xA4, 0x04, 0x00])
        for check in [AnswerToReset.BlockCheck.lrc, .crc] {
            let bytes = block.bytes(check)
            #expect(T1Block(bytes, check) == block)
            for index in bytes.indices {
                for bit in 0..<8 {
                    var wrong = bytes
                    wrong[index] ^= 1 << UInt8(bit)
                    #expect(T1Block(wrong, check) == nil)
                }
            }
        }
    }

    @Test func `every PCB is read or reserved`() {
        let known = (UInt8.min...UInt8.max).compactMap { byte in T1Block.Kind(byte).map { (byte, $0) } }
        #expect(known.allSatisfy { $0.1.byte == $0.0 })
        #expect(known.map(\.0) == hex("00 20 40 60 80 81 82 90 91 92 C0 C1 C2 C3 E0 E1 E2 E3"))
    }

    @Test func `units are F over D`() throws {
        let unit = try #require(ElementaryTimeUnit(indices: 0x18))
        #expect((unit.clockRateConversion, unit.baudRateAdjustment) == (372, 12))
        #expect(unit.periods(1) == 31)
        #expect(try #require(ElementaryTimeUnit(indices: 0x96)).periods(2) == 32)
        #expect(try #require(ElementaryTimeUnit(indices: 0x17)).periods(1) == 6, "5.8125, rounded up")
        for reserved in [0x70, 0x10, 0x1A, 0xE1] as [UInt8] { #expect(ElementaryTimeUnit(indices: reserved) == nil) }
    }

    private func parameters(_ number: UInt8, speed: UInt8? = nil, guardTime: UInt8? = nil, waiting: UInt8? = nil) throws
        -> TransmissionParameters
    {
        let atr = try AnswerToReset(TestATR.bytes([number], speed: speed, guardTime: guardTime, waiting: waiting))
        let unit = try #require(ElementaryTimeUnit(indices: speed ?? 0x11))
        return TransmissionParameters(protocolNumber: number, unit: unit, answerToReset: atr)
    }

    @Test func `guard times follow N`() throws {
        #expect(try parameters(0, guardTime: 255).timing(of: .reader).guardTime == 12 * 372)
        #expect(try parameters(1, guardTime: 255).timing(of: .reader).guardTime == 11 * 372)
        #expect(try parameters(1, guardTime: 255).timing(of: .card).guardTime == 11 * 372)
        #expect(try parameters(0, guardTime: 10).timing(of: .reader).guardTime == 22 * 372)
        #expect(try parameters(0, guardTime: 10).timing(of: .card).guardTime == 12 * 372)
        #expect(try parameters(0).timing(of: .reader).guardTime == 12 * 372)
        #expect(try parameters(1).timing(of: .reader).turnaround == 22 * 372)
        // With T=15 indicated, N counts units of TA1, not the current ones (8.3).
        let t15 = try AnswerToReset(hex("3B D0 95 0A 80 1F 01 D1"))
        let slow = TransmissionParameters(protocolNumber: 0, unit: .initial, answerToReset: t15)
        #expect(slow.timing(of: .reader).guardTime == 12 * 372 + 10 * 32)
    }

    @Test func `waiting times follow their integers`() throws {
        #expect(try parameters(0).waitingTime == 10 * 960 * 372)
        #expect(try parameters(0, speed: 0x95).waitingTime == 10 * 960 * 512)
        let t1 = try parameters(1, waiting: 0x45)
        #expect(t1.characterWaitingTime == (11 + 32) * 372)
        #expect(t1.blockWaitingTime == 11 * 372 + 16 * 960 * 372)
        #expect(try parameters(1).characterWaitingTime == (11 + 8_192) * 372)
    }

    /// PPS2 is requested where the card indicates a use of SPU; a card may leave it out of its response (9.3).
    @Test func `the use of SPU is asked for`() throws {
        let answer = try AnswerToReset(hex("3B 80 80 2F 01 2E"))
        #expect(answer.standardUse == 0x01 && answer.problems.isEmpty)
        #expect(try ProtocolChoice(answer).request == nil)
        #expect(try ProtocolChoice(answer, standardUse: 0x01).request?.bytes == hex("FF 20 01 DE"))
        #expect(try ProtocolChoice(try AnswerToReset(hex("3B 00")), standardUse: 0x01).request == nil)
        var reader = InterfaceDevice.Configuration()
        reader.standardUse = 0x01
        var line = try TestLine(atr: answer.bytes, reader: reader) { _, _ in hex("9000") }
        #expect(try line.activate().protocolNumber == 0)
        #expect(line.resets == 1 && line.line.sent.reader == 4)
        #expect(try line.exchange(hex("8012000000")).get() == hex("9000"))
    }

    @Test func `the PPS is read and judged`() throws {
        #expect(PPSMessage(protocolNumber: 1, speed: 0x95).bytes == hex("FF 11 95 7B"))
        #expect(PPSMessage(protocolNumber: 0).bytes == hex("FF 00 FF"))
        let asked = try #require(PPSMessage(hex("FF 11 95 7B")))
        #expect(asked.permits(asked))
        #expect(asked.permits(PPSMessage(protocolNumber: 1)))
        for refused in ["FF 10 95 7A", "FF 11 94 7A", "FF 31 95 01 5A", "FF 41 00 BE"] {
            #expect(!asked.permits(try #require(PPSMessage(hex(refused)))))
        }
        for broken in ["FF 11 95 7A", "FE 11 95 7A", "FF 11 7B", "FF 91 95 FB", "FF", ""] {
            #expect(PPSMessage(hex(broken)) == nil)
        }
    }

    @Test(
        arguments: [
            // Answer, protocols of the reader, kilohertz; T, F/D, request.
            ("3B 00", [1, 0], 4_000, 0, 372, 1, ""),
            ("3B 10 95", [1, 0], 4_000, 0, 512, 16, "FF 10 95 7A"),
            ("3B 10 95", [1, 0], 6_000, 0, 372, 1, ""),
            ("3B 80 80 01 01", [1, 0], 4_000, 1, 372, 1, "FF 01 FE"),
            ("3B 80 80 01 01", [0, 1], 4_000, 0, 372, 1, ""),
            ("3B 80 01 81", [0, 1], 4_000, 1, 372, 1, ""),
            ("3B 90 95 10 00", [1, 0], 4_000, 0, 512, 16, ""),
            ("3B 90 77 01 E6", [1, 0], 4_000, 1, 372, 1, ""),
        ] as [(String, [UInt8], Int, UInt8, Int, Int, String)])
    func `protocol and speed are chosen`(
        answer: String, protocols: [UInt8], frequency: Int, number: UInt8, rate: Int, adjustment: Int, request: String
    ) throws {
        let choice = try ProtocolChoice(
            AnswerToReset(hex(answer)), protocols: protocols, clockFrequency: frequency)
        #expect(choice.protocolNumber == number)
        #expect(choice.unit == ElementaryTimeUnit(clockRateConversion: rate, baudRateAdjustment: adjustment))
        #expect(choice.request?.bytes ?? [] == hex(request))
    }

    @Test func `a speed that is not reported must be known`() throws {
        let answer = try AnswerToReset(hex("3B 90 95 11 11 05"))
        #expect(throws: TransmissionError(.noCommonProtocol, subject: "")) { try ProtocolChoice(answer) }
        let unit = ElementaryTimeUnit(clockRateConversion: 512, baudRateAdjustment: 8)
        let choice = try ProtocolChoice(answer, implicitUnit: unit)
        #expect(choice.unit == unit && choice.protocolNumber == 1 && choice.request == nil)
        #expect(throws: TransmissionError(.noCommonProtocol, subject: "")) {
            try ProtocolChoice(answer, protocols: [0], implicitUnit: unit)
        }
    }
}
