public import ISO7816

/// Presents a card that works on APDUs as a T=0 card: it receives TPDUs, and answers as T=0 demands (ISO/IEC 7816-3,
/// 12.2; ISO/IEC 7816-4, 5.3.4).
///
/// - An answer to a command with data is announced by `61xx` and fetched by GET RESPONSE, in as many parts as needed.
/// - A command without data whose P3 is not the answer's length is answered `6Cxx`; the same command with that length
///   then gets the answer. The card beneath sees such a command once, so that nothing is executed twice.
/// - Any other command, and a reset, discard what was not fetched.
/// - An Le behind the data, which readers should have removed, is ignored. Extended lengths are `6700`.
///
/// T=0 cannot tell case 1 from case 2 with Le 00, nor case 3 from case 4. The card beneath gets the form with Le first,
/// and the one without only where it refuses that with `6700`, which executes nothing.
public final class T0Card: IntegratedCircuitCard {
    /// The answer to reset: as given, or that of the card beneath.
    public var answerToReset: [UInt8] { ownAnswerToReset ?? card.answerToReset }

    private let card: any IntegratedCircuitCard
    private let ownAnswerToReset: [UInt8]?
    private var pending: Pending?

    /// A pending answer, and what fetches it.
    private struct Pending {
        var answer: T0Answer
        /// The header of the command to be repeated with the correct length; nil where GET RESPONSE fetches the answer.
        var header: [UInt8]?
        let channel: UInt8
    }

    /// - Parameters:
    ///   - card: answers the commands.
    ///   - answerToReset: one that offers T=0, where the card's own does not.
    public init(_ card: any IntegratedCircuitCard, answerToReset: [UInt8]? = nil) {
        self.card = card
        self.ownAnswerToReset = answerToReset
    }

    public func reset() throws(CardError) {
        pending = nil
        try card.reset()
    }

    public func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        let kept = pending
        pending = nil
        guard command.count >= 4 else { return StatusWord.wrongLength.bytes }
        let header = [UInt8](command[..<4])
        let p3 = command.count > 4 ? Int(command[4]) : 0
        if command.count > 5 { return try withData(command, header: header, count: p3) }
        let length = p3 == 0 ? 256 : p3
        if let kept, fetches(header, length: length, kept) { return give(kept, length: length) }
        return try withoutData(header: header, p3: command.count > 4 ? command[4] : nil)
    }

    private func fetches(_ header: [UInt8], length: Int, _ kept: Pending) -> Bool {
        if let repeated = kept.header { return header == repeated && kept.answer.fits(length) }
        return header[1] == T0Command.getResponse && header[2] == 0 && header[3] == 0
            && ClassByte(header[0]).channel == kept.channel
    }

    /// A part of the pending answer; no more than it has.
    private func give(_ kept: Pending, length: Int) -> [UInt8] {
        var kept = kept
        let isPart = kept.header == nil && kept.answer.holds(length)
        guard isPart || kept.answer.fits(length) else {
            pending = kept
            return kept.answer.correctLength.bytes
        }
        let part = kept.answer.removeFirst(length)
        kept.header = nil
        if !kept.answer.isEmpty { pending = kept }
        return part
    }

    /// Cases 1 and 2.
    private func withoutData(header: [UInt8], p3: UInt8?) throws(CardError) -> [UInt8] {
        var response = try answer(header + (p3.map { [$0] } ?? []))
        if p3 == 0, response.status == .wrongLength { response = try answer(header) }
        guard !response.data.isEmpty else { return response.bytes }
        let kept = Pending(answer: T0Answer(response), header: header, channel: ClassByte(header[0]).channel)
        // Without P3 no length can be wrong: treated as 00.
        return give(kept, length: p3 == nil || p3 == 0 ? 256 : Int(p3 ?? 0))
    }

    /// Cases 3 and 4.
    private func withData(_ command: [UInt8], header: [UInt8], count: Int) throws(CardError) -> [UInt8] {
        guard count > 0, command.count == 5 + count || command.count == 6 + count else {
            return StatusWord.wrongLength.bytes
        }
        let body = [UInt8](command[..<(5 + count)])
        var response = try answer(body + [0])
        if response.status == .wrongLength { response = try answer(body) }
        guard !response.data.isEmpty else { return response.bytes }
        let answer = T0Answer(response)
        pending = Pending(answer: answer, header: nil, channel: ClassByte(header[0]).channel)
        return answer.available.bytes
    }

    private func answer(_ command: [UInt8]) throws(CardError) -> ResponseAPDU {
        let bytes = try card.process(command)
        do throws(APDUError) {
            return try ResponseAPDU(bytes)
        } catch {
            throw CardError(.malformedAnswer, subject: "the card behind T=0", cause: error)
        }
    }
}
