import CardIO
import ISO7816
import Testing

/// Readers with two-step PIN entry (PC/SC part 10: VERIFY_PIN_START and VERIFY_PIN_FINISH, MODIFY_PIN_START and
/// MODIFY_PIN_FINISH, with GET_KEY_PRESSED between them).
@Suite struct SteppedPINEntryTests {
    private static let verification = PINVerification(
        PINEntry(.format2, digits: 4...12), command: [0x00, 0x20, 0x00, 0x80, 0x08] + PINFormat.format2Data)
    private static let modification = PINModification(
        PINEntry(.format2, digits: 4...12),
        command: [0x00, 0x24, 0x00, 0x80, 0x10] + PINFormat.format2Data + PINFormat.format2Data, newOffset: 8)

    @Test func `verification starts looks at the keys and finishes`() throws {
        let reader = SteppedReader(keys: [0x00, 0x2B, 0x2B, 0x08, 0x00, 0x2B, 0x0A, 0x2B, 0x0D], answer: [0x63, 0xC2])
        var (pauses, seen): (Int, [PINKey]) = (0, [])
        let pinpad = try Pinpad(reader, stepped: SteppedPINEntry(pause: { pauses += 1 }, observe: { seen.append($0) }))
        #expect(try pinpad.verify(Self.verification) == StatusWord(0x63, 0xC2))
        #expect(reader.calls == [.features, .verifyStart] + Array(repeating: .keys, count: 9) + [.verifyFinish])
        #expect(reader.structures == [Self.verification.bytes])
        #expect(pauses == 2)
        #expect(seen == [.digit, .digit, .correction, .digit, .cleared, .digit, .confirmed])
    }

    /// Each PIN is confirmed separately: the current one, the new one, the new one again.
    @Test(
        arguments: [
            ([.current, .confirmation], 3), ([.current], 2), ([.confirmation], 2), ([], 1),
        ] as [(PINModification.Questions, Int)])
    func `modification waits for every PIN`(questions: PINModification.Questions, entries: Int) throws {
        var request = Self.modification
        request.questions = questions
        let keys = Array([[UInt8]](repeating: [0x2B, 0x2B, 0x0D], count: entries).joined())
        let reader = SteppedReader(keys: keys, answer: [0x90, 0x00])
        #expect(try Pinpad(reader, stepped: SteppedPINEntry(pause: {})).modify(request) == .success)
        #expect(
            reader.calls == [.features, .modifyStart] + Array(repeating: .keys, count: keys.count) + [.modifyFinish])
        #expect(reader.structures == [request.bytes])
    }

    @Test(
        arguments: [
            (0x0E, [0x64, 0x00], .pinEntryTimedOut), (0x1B, [0x64, 0x01], .pinEntryCancelled),
            (0x40, [0x64, 0x01], .pinEntryCancelled),
        ] as [(UInt8, [UInt8], CardError.Code)])
    func `an entry that ends otherwise is finished too`(key: UInt8, answer: [UInt8], code: CardError.Code) throws {
        let reader = SteppedReader(keys: [0x2B, key], answer: answer)
        let pinpad = try Pinpad(reader, stepped: SteppedPINEntry(pause: {}))
        #expect(throws: CardError(code, subject: "")) { try pinpad.modify(Self.modification) }
        #expect(reader.calls.last == .modifyFinish)
    }

    @Test func `without keys to look at finish waits`() throws {
        let reader = SteppedReader(keys: nil, answer: [0x90, 0x00])
        #expect(try Pinpad(reader).verify(Self.verification) == .success)
        #expect(reader.calls == [.features, .verifyStart, .verifyFinish])
    }

    @Test func `a refusal at the start ends it`() throws {
        let reader = SteppedReader(keys: [], answer: [0x90, 0x00], start: [0x6B, 0x80])
        let pinpad = try Pinpad(reader)
        #expect(throws: CardError(.pinStructureRefused, subject: "")) { try pinpad.verify(Self.verification) }
        #expect(reader.calls == [.features, .verifyStart])
    }

    @Test func `a reader without a key is malformed`() throws {
        let pinpad = try Pinpad(SteppedReader(keys: [], answer: []))
        #expect(throws: CardError(.malformedReaderAnswer, subject: "")) { try pinpad.verify(Self.verification) }
    }

    /// A deadline or a cancelled task also aborts the reader's entry.
    @Test func `what is given up is aborted`() throws {
        for tags: [UInt8] in [[1, 2, 11], [1, 2]] {
            let reader = SteppedReader(keys: [0x2B], answer: [], tags: tags, end: .deadlineExceeded)
            let pinpad = try Pinpad(reader)
            #expect(throws: CardError(.deadlineExceeded, subject: "")) { try pinpad.verify(Self.verification) }
            #expect(
                reader.calls == [.features, .verifyStart, .keys, .keys] + (tags.contains(11) ? [.abort] : []))
        }
    }

    @Test func `half a pair is no pinpad`() throws {
        let pinpad = try Pinpad(SteppedReader(keys: nil, answer: [], tags: [0x01, 0x03, 0x05]))
        #expect(throws: CardError(.noPinpad, subject: "")) { try pinpad.verify(Self.verification) }
        #expect(throws: CardError(.noPinpad, subject: "")) { try pinpad.modify(Self.modification) }
    }
}

/// A simulated reader that reports each key once.
private final class SteppedReader: ReaderControl {
    enum Call: UInt32 {
        case verifyStart = 1
        case verifyFinish, modifyStart, modifyFinish, keys, features
        case abort = 11
    }

    let reader = "stepped reader"
    private let tags: [UInt8]
    private var keys: ArraySlice<UInt8>
    private let answer: [UInt8]
    private let start: [UInt8]
    private let end: CardError.Code?
    private(set) var calls: [Call] = []
    private(set) var structures: [[UInt8]] = []

    /// - Parameters:
    ///   - keys: the keys pressed; nil where the reader does not report keys.
    ///   - end: what polling throws once all keys are reported; nil for no byte.
    init(
        keys: [UInt8]?, answer: [UInt8], start: [UInt8] = [], tags: [UInt8] = [1, 2, 3, 4],
        end: CardError.Code? = nil
    ) {
        self.end = end
        self.tags = tags + (keys == nil ? [] : [5])
        self.keys = (keys ?? [])[...]
        (self.answer, self.start) = (answer, start)
    }

    func control(_ code: ControlCode, _ data: [UInt8]) throws(CardError) -> [UInt8] {
        if code == .features {
            calls.append(.features)
            return tags.flatMap { [$0, 4, 0x42, 0x33, 0x00, $0] }
        }
        guard let call = Call(rawValue: code.rawValue & 0xFF) else { throw CardError(.unsupported, subject: reader) }
        calls.append(call)
        switch call {
        case .verifyStart, .modifyStart:
            structures.append(data)
            return start
        case .keys:
            if keys.isEmpty, let end { throw CardError(end, subject: reader) }
            return keys.popFirst().map { [$0] } ?? []
        default: return answer
        }
    }

    func abandon(_ code: ControlCode) { if let call = Call(rawValue: code.rawValue & 0xFF) { calls.append(call) } }
}
