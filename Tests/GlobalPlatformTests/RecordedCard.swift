import ISO7816
import TestSupport
import Testing

/// A card that answers the commands of a recording, and nothing else.
final class RecordedCard: CardChannel {
    private var rest: [(command: [UInt8], answer: [UInt8])]

    init(_ exchanges: [(String, String)]) { rest = exchanges.map { (hex($0), hex($1)) } }

    var isAtEnd: Bool { rest.isEmpty }

    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        guard !rest.isEmpty else { throw CardError(.communication, subject: "the recording has ended") }
        let next = rest.removeFirst()
        #expect(hexadecimal(command.bytes) == hexadecimal(next.command))
        do throws(APDUError) {
            return try ResponseAPDU(next.answer)
        } catch {
            throw CardError(.malformedAnswer, subject: "recording", cause: error)
        }
    }
}

func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
}
