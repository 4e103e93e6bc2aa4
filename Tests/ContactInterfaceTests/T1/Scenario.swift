import ContactInterface
import ISO7816
import TestSupport
import Testing

/// One end of T=1 alone, spoken to block by block. Blocks are written as NAD, PCB, LEN and INF; the exclusive or behind
/// them is reckoned here.
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

    /// The block that the end sends now.
    mutating func sends(_ text: String, _ location: SourceLocation = #_sourceLocation) {
        let bytes = end.hasOutgoing ? end.takeOutgoing() : []
        #expect(bytes == Self.block(text), sourceLocation: location)
        now += 5_000 * bytes.count
        end.sent(edge: now)
    }

    mutating func sendsNothing(_ location: SourceLocation = #_sourceLocation) {
        #expect(!end.hasOutgoing, sourceLocation: location)
    }

    /// A block comes.
    mutating func gets(_ text: String) { gets(Self.block(text)) }

    /// A block comes with an error that the exclusive or shows.
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

    /// Nothing comes until the deadline.
    mutating func waits() {
        guard let deadline = end.deadline else { return }
        now = max(now, deadline)
        end.timeReached(now)
    }

    var time: Int { now }
}
