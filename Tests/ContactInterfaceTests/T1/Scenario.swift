import ContactInterface
import ISO7816
import TestSupport
import Testing

/// One side of T=1 alone, driven block by block. Blocks are written as NAD, PCB, LEN and INF; the LRC is computed here.
struct Scenario<End: TransmissionEngine> {
    var end: End
    private var now = 0

    init(_ end: End) { self.end = end }

    static func parameters(_ field: UInt8? = nil) throws -> TransmissionParameters {
        TransmissionParameters(
            protocolNumber: 1, unit: .initial, answerToReset: try AnswerToReset(TestATR.bytes([1], field: field)))
    }

    static func block(_ text: String) -> [UInt8] {
        let bytes = hex(text)
        return bytes + [bytes.reduce(0, ^)]
    }

    /// Expects the end to send this block now.
    mutating func sends(_ text: String, _ location: SourceLocation = #_sourceLocation) {
        let bytes = end.hasOutgoing ? end.dequeueOutgoing() : []
        #expect(bytes == Self.block(text), sourceLocation: location)
        now += 5_000 * bytes.count
        end.sent(edge: now)
    }

    mutating func sendsNothing(_ location: SourceLocation = #_sourceLocation) {
        #expect(!end.hasOutgoing, sourceLocation: location)
    }

    /// The end receives a block.
    mutating func gets(_ text: String) { gets(Self.block(text)) }

    /// The end receives a block with an error that the LRC detects.
    mutating func getsGarbled(_ text: String) {
        var bytes = Self.block(text)
        bytes[bytes.count - 1] ^= 0x42
        gets(bytes)
    }

    private mutating func gets(_ bytes: [UInt8]) {
        for byte in bytes {
            now += 12 * 372
            end.received(byte, edge: now)
        }
        waits()
    }

    /// Nothing arrives until the deadline.
    mutating func waits() {
        guard let deadline = end.deadline else { return }
        now = max(now, deadline)
        end.timeReached(now)
    }

    var time: Int { now }
}
