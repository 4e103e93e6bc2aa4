import ISO7816
import TestSupport
import Testing

@Suite struct ATRBuilderTests {
    @Test(
        arguments: [
            ([0], "3B 00"), ([1], "3B 80 01 81"), ([0, 1], "3B 80 80 01 01"), ([1, 0], "3B 80 80 01 01"),
        ] as [([UInt8], String)])
    func `plain ones`(protocols: [UInt8], expected: String) throws {
        #expect(try AnswerToReset.Builder(protocols: protocols).build().bytes == hex(expected))
    }

    /// Every combination of parameters is read back.
    @Test(arguments: [[0], [1], [0, 1]] as [[UInt8]], 0..<128)
    func `what is built is read back`(protocols: [UInt8], choice: Int) throws {
        var builder = AnswerToReset.Builder(protocols: protocols)
        if choice & 1 != 0 { builder.speed = 0x96 }
        if choice & 2 != 0 { builder.extraGuardTime = 255 }
        if choice & 4 != 0 { builder.waitingTimeInteger = 20 }
        if choice & 8 != 0 { builder.informationFieldSize = 254 }
        if choice & 16 != 0 { builder.waitingIntegers = 0x93 }
        if choice & 32 != 0 { (builder.operatingClasses, builder.clockStop) = ([.threeVolts, .oneEightVolts], .high) }
        if choice & 64 != 0 { (builder.historicalBytes, builder.blockCheck) = (hex("80 73 C0 01 40"), .crc) }
        let answer = try builder.build()
        let hasT1 = protocols.contains(1)
        #expect(answer.problems == [])
        #expect(answer.protocols == protocols)
        #expect(answer.baudRateAdjustment == (choice & 1 != 0 ? 32 : 1))
        #expect(answer.extraGuardTime == (choice & 2 != 0 ? 255 : 0))
        #expect(answer.waitingTimeInteger == (choice & 4 != 0 && protocols.contains(0) ? 20 : 10))
        #expect(answer.informationFieldSize == (choice & 8 != 0 && hasT1 ? 254 : 32))
        #expect(answer.blockWaitingInteger == (choice & 16 != 0 && hasT1 ? 9 : 4))
        #expect(answer.characterWaitingInteger == (choice & 16 != 0 && hasT1 ? 3 : 13))
        #expect(answer.operatingClasses == (choice & 32 != 0 ? [.threeVolts, .oneEightVolts] : .fiveVolts))
        #expect(answer.clockStop == (choice & 32 != 0 ? .high : .notSupported))
        #expect(answer.blockCheck == (choice & 64 != 0 && hasT1 ? .crc : .lrc))
        #expect(answer.historical.capabilities?.supportsExtendedLengths == (choice & 64 != 0 ? true : nil))
    }

    @Test func `what cannot be said is refused`() {
        #expect(throws: ATRError(.unknownProtocol, offset: 0)) { try AnswerToReset.Builder(protocols: []).build() }
        #expect(throws: ATRError(.unknownProtocol, offset: 14)) {
            try AnswerToReset.Builder(protocols: [0, 14]).build()
        }
        #expect(throws: ATRError(.tooManyHistoricalBytes, offset: 16)) {
            try AnswerToReset.Builder(protocols: [0], historicalBytes: [UInt8](repeating: 1, count: 16)).build()
        }
        var builder = AnswerToReset.Builder(protocols: [1])
        builder.informationFieldSize = 255
        #expect(throws: ATRError(.valueOutOfRange, offset: 255)) { try builder.build() }
        builder.informationFieldSize = nil
        builder.waitingIntegers = 0xA0
        #expect(throws: ATRError(.valueOutOfRange, offset: 0xA0)) { try builder.build() }
        builder = AnswerToReset.Builder(protocols: [0])
        builder.waitingTimeInteger = 0
        #expect(throws: ATRError(.valueOutOfRange, offset: 0)) { try builder.build() }
    }
}
