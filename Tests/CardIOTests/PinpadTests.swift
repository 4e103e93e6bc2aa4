import CardIO
import ISO7816
import Testing

/// Bytes computed by hand from the tables of PC/SC part 10, version 2.02.09, 2.2 to 2.6.
@Suite struct PinpadTests {
    private static let verify: [UInt8] = [0x00, 0x20, 0x00, 0x80, 0x08] + PINFormat.format2Data

    @Test func `verification of format 2`() {
        let entry = PINEntry(.format2, digits: 4...12, timeout: 30, timeoutAfterFirstKey: 15)
        #expect(
            PINVerification(entry, command: Self.verify).bytes == [
                0x1E, 0x0F,  // bTimerOut, bTimerOut2
                0x89,  // bmFormatString: bytes, position 1, left, BCD
                0x47,  // bmPINBlockString: length of 4 bits, block of 7 bytes
                0x04,  // bmPINLengthFormat: bits, position 4
                0x0C, 0x04,  // wPINMaxExtraDigit 040C
                0x02,  // bEntryValidationCondition: key
                0x01,  // bNumberMessage
                0x09, 0x04,  // wLangId 0409
                0x00,  // bMsgIndex
                0x00, 0x00, 0x00,  // bTeoPrologue
                0x0D, 0x00, 0x00, 0x00,  // ulDataLength
                0x00, 0x20, 0x00, 0x80, 0x08, 0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
            ])
    }

    @Test func `verification in ASCII without a message`() {
        var entry = PINEntry(
            .ascii(blockSize: 8), digits: 4...8, validation: [.key, .maxLength, .timeout], language: 0x0407)
        entry.prologue = (0x00, 0x40, 0x0D)
        let request = PINVerification(entry, command: [0x00, 0x20, 0x00, 0x01], message: nil)
        #expect(
            request.bytes == [
                0x00, 0x00, 0x82, 0x08, 0x00, 0x08, 0x04, 0x07, 0x00, 0x07, 0x04, 0x00, 0x00, 0x40, 0x0D, 0x04, 0x00,
                0x00, 0x00, 0x00, 0x20, 0x00, 0x01,
            ])
    }

    @Test func `modification of format 2`() {
        let command: [UInt8] = [0x00, 0x24, 0x00, 0x80, 0x10] + PINFormat.format2Data + PINFormat.format2Data
        let request = PINModification(PINEntry(.format2, digits: 6...12), command: command, newOffset: 8)
        #expect(
            request.bytes == [
                0x00, 0x00, 0x89, 0x47, 0x04,
                0x00, 0x08,  // bInsertionOffsetOld, bInsertionOffsetNew
                0x0C, 0x06,  // wPINMaxExtraDigit
                0x03,  // bConfirmPIN: confirmation, current PIN
                0x02, 0x03, 0x09, 0x04, 0x00, 0x01, 0x02,  // bEntryValidationCondition to bMsgIndex3
                0x00, 0x00, 0x00, 0x15, 0x00, 0x00, 0x00,
            ] + command)
    }

    @Test(
        arguments: [
            ([], [0x01], [0x01, 0x00, 0x00]), ([.confirmation], [0x01, 0x02], [0x01, 0x02, 0x00]),
            ([.current], [0x00, 0x01], [0x00, 0x01, 0x00]),
        ] as [(PINModification.Questions, [UInt8], [UInt8])])
    func `messages go with the questions`(questions: PINModification.Questions, messages: [UInt8], indices: [UInt8]) {
        let request = PINModification(
            PINEntry(.bcd(blockSize: 4), digits: 4...8), command: [0, 0x24, 0, 0], questions: questions, newOffset: 0)
        #expect(request.messages == messages)
        #expect(request.bytes[9] == questions.rawValue)
        #expect(request.bytes[11] == UInt8(messages.count))
        #expect(Array(request.bytes[14..<17]) == indices)
    }

    @Test(
        arguments: [
            (PINFormat(.binary, isRightJustified: true, position: .bits(3), blockSize: 4), [0x1C, 0x04, 0x00]),
            (
                PINFormat(
                    .ascii, position: .bytes(2), blockSize: 15, lengthSize: 8, lengthPosition: .bytes(1)),
                [0x92, 0x8F, 0x11]
            ),
            (.bcd(blockSize: 4), [0x81, 0x04, 0x00]),
        ] as [(PINFormat, [UInt8])])
    func `formats`(format: PINFormat, bytes: [UInt8]) {
        let request = PINVerification(PINEntry(format, digits: 1...1), command: [])
        #expect(Array(request.bytes[2..<5]) == bytes)
    }

    @Test func `features are read`() throws {
        let answer: [UInt8] = [
            0x06, 0x04, 0x42, 0x33, 0x00, 0x06, 0x12, 0x04, 0x42, 0x33, 0x00, 0x12, 0x99, 0x01, 0x00,
        ]
        let features = try ReaderFeatures(answer, reader: "reader")
        #expect(features.entries.map(\.feature) == [.verifyPIN, .properties])
        #expect(features[.verifyPIN] == ControlCode(rawValue: 0x4233_0006))
        #expect(features[.modifyPIN] == nil)
        #expect(features.entries[0].feature.name == "VERIFY_PIN_DIRECT")
        #expect(ReaderFeature(rawValue: 0x99).name == "feature 99")
        for count in 1..<12 where ![6].contains(count) {
            #expect(throws: CardError(.malformedReaderAnswer, subject: "")) {
                try ReaderFeatures(Array(answer.prefix(count)), reader: "reader")
            }
        }
    }

    @Test func `properties are read`() throws {
        let answer: [UInt8] = [
            0x01, 0x02, 0x10, 0x02, 0x02, 0x01, 0x07, 0x03, 0x01, 0x01, 0x06, 0x01, 0x04, 0x07, 0x01, 0x0F, 0x08, 0x03,
            0x31, 0x2E, 0x32, 0x09, 0x01, 0x03, 0x0A, 0x04, 0x00, 0x00, 0x01, 0x00, 0x0B, 0x02, 0xE6, 0x08, 0x0C, 0x02,
            0x2C, 0x34, 0x40, 0x01, 0xAB,
        ]
        let properties = try PinpadProperties(answer, reader: "reader")
        #expect(properties.display?.lines == 2 && properties.display?.columns == 16)
        #expect(properties.validation == [.maxLength, .key, .timeout])
        #expect(properties.hasSecondTimeout == true)
        #expect(properties.minPINLength == 4 && properties.maxPINLength == 15)
        #expect(properties.firmware == "1.2")
        #expect(properties.maxCommandLength == 65_536)
        #expect(properties.usbVendor == 0x08E6 && properties.usbProduct == 0x342C)
        #expect(properties.maxColumns == nil)
        #expect(properties.described.last?.name == "property 40")
        #expect(properties.described.contains { $0 == ("commands to the reader", "by both") })
        let structure = try PinpadProperties(structure: [0x10, 0x02, 0x02, 0x00], reader: "reader")
        #expect(structure.display?.columns == 16 && structure.hasSecondTimeout == false)
        #expect(throws: CardError(.malformedReaderAnswer, subject: "")) {
            try PinpadProperties(structure: [0x10], reader: "reader")
        }
    }

    @Test(
        arguments: [
            ([0x64, 0x00], .pinEntryTimedOut), ([0x64, 0x01], .pinEntryCancelled), ([0x64, 0x02], .pinsDiffer),
            ([0x64, 0x03], .pinLengthWrong), ([0x6B, 0x80], .pinStructureRefused), ([0x90], .malformedReaderAnswer),
        ] as [([UInt8], CardError.Code)])
    func `the reader's own answers are errors`(answer: [UInt8], code: CardError.Code) throws {
        let reader = SimulatedReader(pinAnswer: answer)
        let pinpad = try Pinpad(reader)
        let error = #expect(throws: CardError.self) {
            try pinpad.verify(PINVerification(PINEntry(.format2, digits: 4...12), command: Self.verify))
        }
        #expect(error?.code == code)
        #expect(error?.subject == "simulated reader")
    }

    @Test func `the card's answers come through`() throws {
        let reader = SimulatedReader(pinAnswer: [0x63, 0xC2])
        let pinpad = try Pinpad(reader)
        let request = PINVerification(PINEntry(.format2, digits: 4...12), command: Self.verify)
        #expect(try pinpad.verify(request) == StatusWord(0x63, 0xC2))
        #expect(reader.calls.last?.code == ControlCode(rawValue: 0x4233_0006))
        #expect(reader.calls.last?.data == request.bytes)
        #expect(try pinpad.properties()?.maxPINLength == 8)
        let modification = PINModification(
            PINEntry(.format2, digits: 4...12), command: [0, 0x24, 0, 0x80, 0x10], newOffset: 8)
        #expect(throws: CardError(.noPinpad, subject: "")) { try pinpad.modify(modification) }
    }
}

/// A simulated reader with a keypad.
private final class SimulatedReader: ReaderControl {
    let reader = "simulated reader"
    private let pinAnswer: [UInt8]
    private(set) var calls: [(code: ControlCode, data: [UInt8])] = []

    init(pinAnswer: [UInt8]) { self.pinAnswer = pinAnswer }

    func abandon(_ code: ControlCode) { calls.append((code, [])) }

    func control(_ code: ControlCode, _ data: [UInt8]) throws(CardError) -> [UInt8] {
        calls.append((code, data))
        switch code {
        case .features: return [0x06, 0x04, 0x42, 0x33, 0x00, 0x06, 0x12, 0x04, 0x42, 0x33, 0x00, 0x12]
        case ControlCode(rawValue: 0x4233_0006): return pinAnswer
        case ControlCode(rawValue: 0x4233_0012): return [0x06, 0x01, 0x04, 0x07, 0x01, 0x08]
        default: throw CardError(.unsupported, subject: reader)
        }
    }
}
