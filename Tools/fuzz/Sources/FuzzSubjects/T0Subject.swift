import ContactInterface
import ISO7816

/// T=0 on top of APDUs: an exchange with any card ends, and our two ends agree.
enum T0Subject {
    static func check(_ bytes: [UInt8]) throws(BrokenProperty) {
        try follow(bytes)
        try compare(bytes)
    }

    /// A card with arbitrary answers cannot keep a reader busy forever, nor exceed its limits.
    private static func follow(_ bytes: [UInt8]) throws(BrokenProperty) {
        var input = InputReader(bytes)
        let limits = GetResponseChannel.Limits(rounds: Int(input.byte()), bytes: input.word())
        let first = input.piece()
        guard let command = command(first) else { return }
        var answers: [[UInt8]] = []
        while !input.isAtEnd { answers.append(input.piece()) }
        let line = Line(AnyAnswers(answers), first.first == 1 ? .t0 : .t1)
        let following = GetResponseChannel(line, limits: limits)
        let outcome = Result { () throws(CardError) in try following.transmit(command) }
        try hold(line.count <= limits.rounds + 1, "no more commands are sent than allowed")
        if case .success(let response) = outcome {
            // A single answer is returned as it is; several are joined within the limit.
            try hold(response.data.count <= max(limits.bytes, line.longest), "no more bytes are taken than allowed")
        }
    }

    /// A card answers the same over T=0 as directly.
    private static func compare(_ bytes: [UInt8]) throws(BrokenProperty) {
        guard let command = command(bytes), command.ins != 0xC0, !command.form.isExtended else { return }
        let direct = Result { () throws(CardError) in try Line(LengthCard(), .t1).transmit(command) }
        let over0 = Result { () throws(CardError) in
            try GetResponseChannel(Line(T0Card(LengthCard()), .t0)).transmit(command)
        }
        guard case .success(let one) = direct, case .success(let other) = over0 else {
            throw BrokenProperty(description: "an honest card is answered: \(direct) \(over0)")
        }
        guard command.expectedLength ?? 256 == 256 else { return }
        try hold(one == other, "over T=0 arrives what is answered: \(one) \(other)")
    }

    private static func command(_ bytes: [UInt8]) -> CommandAPDU? {
        do throws(APDUError) { return try CommandAPDU(bytes) } catch { return nil }
    }
}

/// A card that returns the number of bytes in P1-P2, up to 1,023.
private final class LengthCard: IntegratedCircuitCard {
    let answerToReset: [UInt8] = [0x3B, 0x00]
    func reset() throws(CardError) {}
    func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        let count = Int(command[2] & 3) << 8 | Int(command[3])
        return (0..<count).map { UInt8(truncatingIfNeeded: $0) } + [0x90, 0x00]
    }
}

/// A card that returns the listed answers over and over.
private final class AnyAnswers: IntegratedCircuitCard {
    let answerToReset: [UInt8] = [0x3B, 0x00]
    private let answers: [[UInt8]]
    private var offset = 0
    init(_ answers: [[UInt8]]) { self.answers = answers }
    func reset() throws(CardError) {}
    func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        guard !answers.isEmpty else { return [0x61, 0x00] }
        defer { offset += 1 }
        return answers[offset % answers.count]
    }
}

/// A reader that carries commands to a card unchanged.
private final class Line: CardChannel {
    private let card: any IntegratedCircuitCard
    private(set) var count = 0
    private(set) var longest = 0
    let transmissionProtocol: TransmissionProtocol

    init(_ card: any IntegratedCircuitCard, _ transmissionProtocol: TransmissionProtocol) {
        self.card = card
        self.transmissionProtocol = transmissionProtocol
    }

    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        count += 1
        let bytes = try card.process(command.bytes)
        longest = max(longest, bytes.count - 2)
        do throws(APDUError) {
            return try ResponseAPDU(bytes)
        } catch {
            throw CardError(.malformedAnswer, subject: "card", cause: error)
        }
    }
}
