import ISO7816
import TestSupport
import Testing

@Suite struct AnswerToResetTests {
    @Test func `the shortest offers T=0 and the defaults`() throws {
        let answer = try AnswerToReset(hex("3B 00"))
        #expect(answer.convention == .direct)
        #expect(answer.protocols == [0])
        #expect(answer.clockRateConversion == .init(372, 5_000))
        #expect(answer.baudRateAdjustment == 1)
        #expect(answer.extraGuardTime == 0)
        #expect(answer.waitingTimeInteger == 10)
        #expect(answer.informationFieldSize == 32)
        #expect(answer.blockWaitingInteger == 4)
        #expect(answer.characterWaitingInteger == 13)
        #expect(answer.blockCheck == .lrc)
        #expect(answer.clockStop == .notSupported)
        #expect(answer.operatingClasses == .fiveVolts)
        #expect(answer.specificMode == nil)
        #expect(answer.historical == .absent)
        #expect(answer.problems == [])
    }

    /// All interface bytes at once: TA1 TC1 TD1, TA2 TC2 TD2 (T=1), TA3 TB3 TC3 TD3 (T=15), TA4.
    @Test func `every interface byte is read`() throws {
        let bytes = hex("3F D2 95 14 D0 90 0F F1 FE 45 01 1F C3 AA BB")
        let answer = try AnswerToReset(bytes + [bytes[1...].reduce(0, ^)])
        #expect(answer.convention == .inverse)
        #expect(answer.clockRateConversion == .init(512, 5_000))
        #expect(answer.baudRateAdjustment == 16)
        #expect(answer.extraGuardTime == 20)
        #expect(answer.specificMode?.protocolNumber == 0)
        #expect(answer.specificMode?.canChange == false)
        #expect(answer.specificMode?.usesOfferedSpeed == false)
        #expect(answer.waitingTimeInteger == 15)
        #expect(answer.protocols == [0, 1])
        #expect(answer.informationFieldSize == 254)
        #expect(answer.blockWaitingInteger == 4)
        #expect(answer.characterWaitingInteger == 5)
        #expect(answer.blockCheck == .crc)
        #expect(answer.clockStop == .either)
        #expect(answer.operatingClasses == [.fiveVolts, .threeVolts])
        #expect(answer.historicalBytes.elementsEqual([0xAA, 0xBB]))
        #expect(answer.problems == [])
    }

    @Test func `a wrong or missing check byte is reported only`() throws {
        let good = hex("3B 80 80 01 01")
        #expect(try AnswerToReset(good).problems == [])
        #expect(try AnswerToReset(good).protocols == [0, 1])
        #expect(
            try AnswerToReset(hex("3B 80 80 01 02")).problems == [.wrongCheckByte(found: 2, expected: 1)])
        #expect(try AnswerToReset(hex("3B 80 80 01")).problems == [.missingCheckByte])
        #expect(try AnswerToReset(hex("3B 01 AA AB")).problems == [.trailingBytes(count: 1)])
        let long = try AnswerToReset(good + [UInt8](repeating: 0, count: 29))
        #expect(long.problems == [.trailingBytes(count: 29), .tooLong(count: 34)])
    }

    @Test(arguments: [
        ("", ATRError.Code.truncated, 0), ("3B", .truncated, 1), ("03 00", .unknownInitialCharacter, 0),
        ("3B 10", .truncated, 2), ("3B 80 10", .truncated, 3), ("3B 03 AA BB", .truncated, 4),
        ("3B 80 80 80 80", .truncated, 5),
    ])
    func `what cannot be read is refused`(text: String, code: ATRError.Code, offset: Int) {
        #expect(throws: ATRError(code, offset: offset)) { try AnswerToReset(hex(text)) }
    }

    @Test func `reserved speeds have no number`() throws {
        let answer = try AnswerToReset(hex("3B 10 7A"))
        #expect(answer.clockRateConversion == nil)
        #expect(answer.baudRateAdjustment == nil)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `any bytes are read or refused`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let bytes = [0x3B] + generator.bytes(Int.random(in: 0...40, using: &generator))
            do throws(ATRError) {
                let answer = try AnswerToReset(bytes)
                #expect(answer.historicalBytes.count == Int(bytes[1] & 0x0F))
                #expect(answer.protocols.contains(15) == false)
                _ = answer.historical
            } catch {
                #expect(error.code == .truncated)
            }
        }
    }
}
