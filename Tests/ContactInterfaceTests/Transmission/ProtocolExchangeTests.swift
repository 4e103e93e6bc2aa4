import ContactInterface
import ISO7816
import TestSupport
import Testing

/// Answers to reset for tests.
enum TestATR {
    static func bytes(
        _ protocols: [UInt8], inverse: Bool = false, speed: UInt8? = nil, check: AnswerToReset.BlockCheck = .lrc,
        field: UInt8? = nil, guardTime: UInt8? = nil, waiting: UInt8? = nil
    ) throws -> [UInt8] {
        var builder = AnswerToReset.Builder(protocols: protocols, historicalBytes: [0x80, 0x01])
        builder.speed = speed
        builder.blockCheck = check
        builder.informationFieldSize = field
        builder.extraGuardTime = guardTime
        builder.waitingIntegers = waiting
        var bytes = try builder.build().bytes
        if inverse { bytes[0] = 0x3F }
        return bytes
    }
}

@Suite struct ProtocolExchangeTests {
    /// A card whose answer is P1-P2 bytes long.
    static func body(_ command: [UInt8]) -> [UInt8] {
        AnsweringCard.body(Int(command[2]) << 8 | Int(command[3])) + [0x90, 0x00]
    }

    @Test(arguments: [false, true], [nil, 0x11, 0x13, 0x94, 0x97] as [UInt8?])
    func `T=1 carries everything`(inverse: Bool, speed: UInt8?) throws {
        for check in [AnswerToReset.BlockCheck.lrc, .crc] {
            for guardTime in [nil, 7, 255] as [UInt8?] where speed == nil || guardTime != 7 {
                let atr = try TestATR.bytes([1], inverse: inverse, speed: speed, check: check, guardTime: guardTime)
                var line = try TestLine(atr: atr) { _, command in Self.body(command) }
                let parameters = try line.activate()
                #expect(parameters.protocolNumber == 1)
                #expect(parameters.answerToReset.bytes == atr)
                #expect(parameters.unit == ElementaryTimeUnit(indices: speed ?? 0x11))
                for count in [0, 1, 22, 23, 24, 32, 256] {
                    let data = AnsweringCard.body(count)
                    let command = try CommandAPDU(
                        cla: 0x80, ins: 0x10, p1: UInt8(count >> 8), p2: UInt8(count & 255), data: data,
                        expectedLength: 65_536)
                    #expect(try line.exchange(command.bytes).get() == data + [0x90, 0x00])
                    #expect(line.processed.last == command.bytes)
                }
                #expect(line.processed.count == 7)
                #expect(line.resets == 1)
            }
        }
    }

    @Test func `T=1 carries the longest there is`() throws {
        let atr = try TestATR.bytes([1], field: 254)
        var line = try TestLine(atr: atr) { _, command in
            command.count > 9 ? [0x90, 0x00] : AnsweringCard.body(65_536) + [0x90, 0x00]
        }
        _ = try line.activate()
        let long = try CommandAPDU(
            cla: 0, ins: 0xD6, p1: 0, p2: 0, data: AnsweringCard.body(65_535), expectedLength: 65_536)
        #expect(try line.exchange(long.bytes).get() == [0x90, 0x00])
        #expect(line.processed == [long.bytes])
        #expect(try line.exchange([0, 0xB0, 0, 0, 0, 0, 0]).get() == AnsweringCard.body(65_536) + [0x90, 0x00])
    }

    @Test(arguments: [false, true], [T0Responder.Acknowledgement.all, .single])
    func `T=0 carries everything`(inverse: Bool, acknowledgement: T0Responder.Acknowledgement) throws {
        for speed in [nil, 0x13, 0x95] as [UInt8?] {
            var configuration = CardTransceiver.Configuration()
            configuration.acknowledgement = acknowledgement
            let atr = try TestATR.bytes([0], inverse: inverse, speed: speed)
            var line = try TestLine(atr: atr, card: configuration) { _, command in
                command.count == 5
                    ? AnsweringCard.body(command[4] == 0 ? 256 : Int(command[4])) + [0x90, 0] : [0x61, 7]
            }
            #expect(try line.activate().protocolNumber == 0)
            for count in speed == nil && !inverse ? Array(0...256) : [0, 1, 2, 255, 256] {
                let p3 = UInt8(truncatingIfNeeded: count)
                if count < 256, count > 0 {
                    let tpdu = [0x80, 0xD6, 0, 0, p3] + AnsweringCard.body(count)
                    #expect(try line.exchange(tpdu).get() == [0x61, 7])
                    #expect(line.processed.last == tpdu)
                }
                if count > 0 {
                    #expect(
                        try line.exchange([0x80, 0xB0, 0, 0, p3]).get() == AnsweringCard.body(count) + [0x90, 0x00])
                }
            }
            #expect(line.processed.count == (speed == nil && !inverse ? 511 : 7))
        }
    }

    @Test func `a slow card gets its time`() throws {
        for number in [0, 1] as [UInt8] {
            let atr = try TestATR.bytes([number])
            var line = try TestLine(atr: atr) { _, _ in [0x90, 0x00] }
            let parameters = try line.activate()
            let least = number == 1 ? parameters.blockWaitingTime : parameters.waitingTime
            for factor in [1, 3, 10] {
                line.processingTime = least * factor + 17
                #expect(try line.exchange([0x80, 0xD6, 0, 0, 1, 7]).get() == [0x90, 0x00])
            }
            #expect(line.processed.count == 3)
            line.processingTime = 10_000_000_000
            #expect(throws: TransmissionError(.timeout, subject: "")) {
                try line.exchange([0x80, 0xD6, 0, 0, 1, 7]).get()
            }
        }
    }

    @Test func `a card that says nothing is mute`() throws {
        for number in [0, 1] as [UInt8] {
            var line = try TestLine(atr: try TestATR.bytes([number])) { _, _ in [0x90, 0x00] }
            _ = try line.activate()
            line.line.card.deactivate()
            let error = #expect(throws: TransmissionError.self) { try line.exchange([0x80, 0xD6, 0, 0, 0]).get() }
            #expect(error?.code == (number == 1 ? .mute : .waitingTime))
            _ = try line.activate()
            #expect(try line.exchange([0x80, 0xD6, 0, 0, 0]).get() == [0x90, 0x00])
        }
    }

    @Test func `the card may change its field size`() throws {
        var configuration = CardTransceiver.Configuration()
        configuration.announcedFieldSize = 200
        var line = try TestLine(atr: try TestATR.bytes([1]), card: configuration) { _, command in command + [0x90, 0] }
        _ = try line.activate()
        for count in [5, 33, 199, 201, 1_000] {
            let command = [0x80, 0x10, 0, 0, 0, UInt8(count >> 8), UInt8(count & 255)] + AnsweringCard.body(count)
            #expect(try line.exchange(command).get() == command + [0x90, 0x00])
        }
    }

    @Test func `chains that are too long are aborted`() throws {
        var configuration = CardTransceiver.Configuration()
        configuration.maxCommandLength = 100
        var reader = InterfaceDevice.Configuration()
        reader.t1.maxAnswerLength = 300
        var line = try TestLine(atr: try TestATR.bytes([1]), reader: reader, card: configuration) { _, command in
            Self.body(command)
        }
        _ = try line.activate()
        for _ in 0..<3 {
            #expect(throws: TransmissionError(.aborted, subject: "")) {
                try line.exchange([0x80, 0x10, 0, 0, 250] + AnsweringCard.body(250)).get()
            }
            #expect(line.processed.isEmpty || line.processed.allSatisfy { $0.count == 5 })
            #expect(throws: TransmissionError(.aborted, subject: "")) {
                try line.exchange([0x80, 0x10, 0x02, 0x30, 0]).get()
            }
            #expect(try line.exchange([0x80, 0x10, 0, 4, 4]).get() == AnsweringCard.body(4) + [0x90, 0x00])
        }
    }
}
