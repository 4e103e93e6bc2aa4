package import ISO7816

/// A card with one command: INS 10 answers with as many bytes as P1-P2 say, whatever Le is, and the status word of
/// INS 12 is a warning. INS 20 and 22 refuse an Le field, as some cards do where no data are returned.
package final class AnsweringCard: IntegratedCircuitCard {
    package let answerToReset: [UInt8] = [0x3B, 0x00]
    /// The commands received, in order.
    package private(set) var commands: [[UInt8]] = []
    package private(set) var resets = 0

    package init() {}

    package func reset() throws(CardError) { resets += 1 }

    package func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        commands.append(command)
        let parsed: CommandAPDU
        do throws(APDUError) { parsed = try CommandAPDU(command) } catch { return StatusWord.wrongLength.bytes }
        let count = Int(parsed.p1) << 8 | Int(parsed.p2)
        switch parsed.ins {
        case 0x10: return Self.body(count) + StatusWord.success.bytes
        case 0x12: return Self.body(count) + StatusWord(0x6282).bytes
        case 0x20, 0x22:
            if parsed.expectedLength != nil { return StatusWord.wrongLength.bytes }
            return (parsed.ins == 0x20 ? StatusWord.success : .securityStatusNotSatisfied).bytes
        default: return StatusWord.instructionNotSupported.bytes
        }
    }

    package static func body(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 5 &+ $0 >> 8) }
    }
}

/// A reader that carries commands to a card unchanged, and keeps what was transferred.
package final class Line: CardChannel {
    private let card: any IntegratedCircuitCard
    package private(set) var sent: [[UInt8]] = []

    package let transmissionProtocol: TransmissionProtocol

    package init(_ card: any IntegratedCircuitCard, _ transmissionProtocol: TransmissionProtocol = .t1) {
        self.card = card
        self.transmissionProtocol = transmissionProtocol
    }

    package func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        sent.append(command.bytes)
        let bytes = try card.process(command.bytes)
        do throws(APDUError) { return try ResponseAPDU(bytes) } catch {
            throw CardError(.malformedAnswer, subject: "test card", cause: error)
        }
    }
}

/// A card that returns the listed answers in turn, and then the last one again and again.
package final class ScriptedCard: IntegratedCircuitCard {
    package let answerToReset: [UInt8] = [0x3B, 0x00]
    private var answers: [[UInt8]]

    package init(_ answers: [[UInt8]]) { self.answers = answers }

    package func reset() throws(CardError) {}
    package func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        answers.count > 1 ? answers.removeFirst() : answers[0]
    }
}
