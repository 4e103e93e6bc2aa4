import ISO7816

/// Answers to reset: every byte is accounted for, what is built has no problem, and every property can be read.
enum ATRSubject {
    static func check(_ bytes: [UInt8]) throws(BrokenProperty) {
        if case .success(let answer) = Result(catching: { () throws(ATRError) in try AnswerToReset(bytes) }) {
            try read(answer, bytes)
        }
        try build(bytes)
    }

    private static func read(_ answer: AnswerToReset, _ bytes: [UInt8]) throws(BrokenProperty) {
        try hold(answer.bytes == bytes, "the bytes are kept")
        let levels = answer.levels.flatMap { [$0.ta, $0.tb, $0.tc, $0.td].compactMap(\.self) }
        let known = [bytes[0], bytes[1]] + levels + answer.historicalBytes
        try hold(bytes.starts(with: known), "TS, T0, interface and historical bytes follow each other")
        let behind = bytes.count - known.count
        var expected = answer.levels.contains { ($0.td ?? 0) & 0x0F != 0 } ? 1 : 0
        for problem in answer.problems {
            switch problem {
            case .missingCheckByte: expected -= 1
            case .trailingBytes(let count): expected += count
            case .wrongCheckByte(let found, let right):
                try hold(found != right && bytes[known.count] == found, "a wrong TCK is the one that stands there")
            case .missingHistoricalBytes: try hold(false, "what is read whole lacks no historical bytes")
            case .tooLong(let count): try hold(count > 33, "33 bytes are the most")
            }
        }
        try hold(behind == expected, "TCK and bytes too many are told")
        properties(answer)
        try historical(answer)
    }

    /// None of these may trap, whatever the bytes.
    private static func properties(_ answer: AnswerToReset) {
        _ = (answer.clockRateConversion, answer.baudRateAdjustment, answer.extraGuardTime, answer.specificMode)
        _ = (answer.protocols, answer.defaultProtocol, answer.clockStop, answer.operatingClasses)
        _ = (answer.waitingTimeInteger, answer.informationFieldSize, answer.blockWaitingInteger)
        _ = (answer.characterWaitingInteger, answer.blockCheck, answer.problems.map(\.description))
        _ = answer.explanation
    }

    private static func historical(_ answer: AnswerToReset) throws(BrokenProperty) {
        let bytes = Array(answer.historicalBytes)
        let historical = answer.historical
        let objects = historical.objects.flatMap(\.bytes)
        let again: [UInt8] =
            switch historical {
            case .absent: []
            case .compactTLV: [0x80] + objects
            case .compactTLVWithStatus(_, let lifeCycle, let status): [0x00] + objects + [lifeCycle] + status.bytes
            case .directoryReference(let reference): [0x10, reference]
            case .storageCard(let card):
                [0x80, 0x4F, 0x0C] + StorageCard.workgroup + [
                    card.standard, UInt8(card.name >> 8), UInt8(card.name & 0xFF),
                ]
                    + [0, 0, 0, 0]
            case .proprietary(let bytes): Array(bytes)
            }
        try hold(again == bytes, "historical bytes that were read are the same when they are written")
        guard let card = historical.capabilities else { return }
        _ = (
            card.selectsByFullName, card.selectsByPartialName, card.supportsCommandChaining,
            card.supportsExtendedLengths
        )
        try hold((1...8).contains(card.logicalChannels ?? 1), "there are 1 to 8 logical channels")
    }

    private static func build(_ bytes: [UInt8]) throws(BrokenProperty) {
        var input = InputReader(bytes)
        let choice = input.byte()
        func when(_ bit: UInt8, _ value: UInt8) -> UInt8? { choice & bit == 0 ? nil : value }
        var builder = AnswerToReset.Builder(protocols: [[0], [1], [0, 1], [input.byte() & 0x0F]][Int(choice >> 6)])
        builder.speed = when(1, input.byte())
        builder.extraGuardTime = when(2, input.byte())
        builder.waitingTimeInteger = when(4, input.byte())
        builder.informationFieldSize = when(8, input.byte())
        builder.waitingIntegers = when(16, input.byte())
        builder.blockCheck = input.byte() & 1 == 0 ? .lrc : .crc
        builder.operatingClasses = when(32, input.byte()).map { AnswerToReset.OperatingClasses(rawValue: $0 & 0x3F) }
        builder.clockStop = [.notSupported, .low, .high, .either][Int(input.byte() & 3)]
        builder.historicalBytes = input.read(16)
        guard case .success(let answer) = Result(catching: { () throws(ATRError) in try builder.build() }) else {
            return
        }
        try hold(answer.problems.isEmpty, "what is built has no problem: \(answer.problems)")
        try hold(answer.historicalBytes.elementsEqual(builder.historicalBytes), "historical bytes are those given")
        try hold(answer.protocols == Set(builder.protocols).sorted(), "the protocols are those given")
        try hold(answer.extraGuardTime == builder.extraGuardTime ?? 0, "N is the one given")
        if builder.protocols.contains(0) {
            try hold(answer.waitingTimeInteger == builder.waitingTimeInteger ?? 10, "WI is the one given")
        }
        if builder.protocols.contains(1) {
            try hold(answer.informationFieldSize == builder.informationFieldSize ?? 32, "IFSC is the one given")
            try hold(answer.blockCheck == builder.blockCheck, "the block check is the one given")
        }
        try hold(answer.operatingClasses == builder.operatingClasses ?? .fiveVolts, "the classes are those given")
    }
}
