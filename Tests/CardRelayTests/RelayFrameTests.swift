import Diagnostics
import ISO7816
import Testing

@testable import CardRelay

@Suite struct RelayFrameTests {
    @Test func `frames survive being cut anywhere`() throws {
        let requests: [RelayRequest] = [
            .hello(version: 2), .transmit([0x00, 0xA4, 0x04, 0x00]), .reset, .transmit([]),
        ]
        let bytes = requests.flatMap(\.frame.bytes)
        for size in 1...bytes.count {
            var reader = RelayFrameReader()
            var read: [RelayRequest] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                reader.append(bytes[start..<min(start + size, bytes.count)])
                while let frame = try reader.next() { read.append(try RelayRequest(frame)) }
            }
            #expect(read == requests)
        }
    }

    @Test func `replies survive their way`() throws {
        let face = RelayedCardFace(name: "Reader é 00", answerToReset: [0x3B, 0x00], isT0: true)
        let replies: [RelayReply] = [
            .ready(face), .answer([0x90, 0x00]), .wasReset,
            RelayReply(CardError(.noCard, subject: "Reader: 1")), .removed,
        ]
        for reply in replies {
            var reader = RelayFrameReader()
            reader.append(reply.frame.bytes)
            #expect(try RelayReply(try #require(try reader.next())) == reply)
        }
        guard case .failure(let code, let subject) = replies[3] else {
            Issue.record("no failure")
            return
        }
        let error = RelayReply.error(code: code, subject: subject)
        #expect(error == CardError(.noCard, subject: "Reader: 1"))
        #expect(error.description == CardError(.noCard, subject: "Reader: 1").description)
        #expect(replies[3].frame.payload.prefix(2) == [0, 6], "noCard is number 6 and stays so")
    }

    @Test func `a code of a later release is a failure that tells its number`() {
        let error = RelayReply.error(code: 0xFFFF, subject: "relay")
        #expect(error.code == .communication)
        #expect(error.description.contains("65535"))
    }

    @Test func `a client of version 2 is refused in the words that it reads`() {
        let payload = RelayReply.refusedLegacy("its frames are of version 2").frame.payload
        #expect(String(decoding: payload, as: UTF8.self).split(separator: "\n").count == 3)
    }

    @Test(arguments: [[0, 0, 0, 0], [0, 1, 0x11, 0x71], [0xFF, 0xFF, 0xFF, 0xFF]] as [[UInt8]])
    func `lengths out of bounds are refused before their bytes come`(bytes: [UInt8]) {
        var reader = RelayFrameReader()
        reader.append(bytes)
        #expect(throws: RelayFrameReader.Malformed.self) { try reader.next() }
    }

    @Test(arguments: [
        RelayFrame(kind: 0x00, payload: []), RelayFrame(kind: 0x01, payload: []), RelayFrame(kind: 0x03, payload: [1]),
        RelayFrame(kind: 0x82, payload: []),
    ])
    func `no requests are refused`(frame: RelayFrame) {
        #expect(throws: RelayFrameReader.Malformed.self) { try RelayRequest(frame) }
    }

    @Test(arguments: [
        RelayFrame(kind: 0x81, payload: [3, 1]), RelayFrame(kind: 0x81, payload: [1, 1, 0]),
        RelayFrame(kind: 0x81, payload: [3, 1, 9, 0x3B]), RelayFrame(kind: 0x84, payload: [0x41]),
        RelayFrame(kind: 0x02, payload: []), RelayFrame(kind: 0x85, payload: [0]),
        RelayFrame(kind: 0x81, payload: [3, 1, 0]), RelayFrame(kind: 0x81, payload: [3, 1, 1, 0x3B]),
        RelayFrame(kind: 0x81, payload: [3, 1, 34] + [UInt8](repeating: 0x3B, count: 34)),
    ])
    func `no replies are refused`(frame: RelayFrame) {
        #expect(throws: RelayFrameReader.Malformed.self) { try RelayReply(frame) }
    }
}
