/// The card's side of ENVELOPE: reassembles commands that T=0 cannot carry (ISO/IEC 7816-4, 7.6.2; ISO/IEC 7816-3,
/// 12.2).
///
/// Segments come as a chain of ENVELOPE commands (CLA bit 5). It sits between the card and `T0Card`.
public final class EnvelopeUnwrapper: IntegratedCircuitCard {
    public var answerToReset: [UInt8] { card.answerToReset }

    private let card: any IntegratedCircuitCard
    private let form: EnvelopeForm
    private let maxCommandLength: Int
    private var gathered: [UInt8] = []

    /// - Parameters:
    ///   - card: answers the commands.
    ///   - form: how their answers are returned; the reader must use the same.
    ///   - maxCommandLength: maximum number of bytes of a command.
    public init(
        _ card: any IntegratedCircuitCard, form: EnvelopeForm = .commandsThatNeedIt, maxCommandLength: Int = 65_544
    ) {
        self.card = card
        self.form = form
        self.maxCommandLength = maxCommandLength
    }

    public func reset() throws(CardError) {
        gathered = []
        try card.reset()
    }

    public func process(_ command: [UInt8]) throws(CardError) -> [UInt8] {
        guard command.count >= 4, command[1] == EnvelopeForm.instruction, command[0] & 0x80 == 0 else {
            gathered = []
            return try card.process(command)
        }
        let parsed: CommandAPDU
        do throws(APDUError) { parsed = try CommandAPDU(command) } catch { return StatusWord.wrongLength.bytes }
        // T0Card tries the form with Le first; only the form without Le was actually sent.
        guard parsed.expectedLength == nil, gathered.count + parsed.data.count <= maxCommandLength else {
            return StatusWord.wrongLength.bytes
        }
        gathered += parsed.data
        guard parsed.cla & 0x10 == 0 else { return StatusWord.success.bytes }
        let whole = gathered
        gathered = []
        let answer = try card.process(whole)
        return form == .everything ? answer + StatusWord.success.bytes : answer
    }
}

/// Which commands are sent by ENVELOPE over T=0, and how their answers are returned.
public enum EnvelopeForm: Sendable, Hashable {
    /// Those with more than 255 bytes of data, and those with an instruction 6x or 9x, which T=0 would read as SW1; the
    /// status word of the last ENVELOPE is that of the command.
    case commandsThatNeedIt
    /// All, so that the card gets every command in its original form: the answer, with its status word, is the data of
    /// the last ENVELOPE's answer. This limits answers to 65,534 bytes of data.
    case everything

    /// INS of ENVELOPE.
    static let instruction: UInt8 = 0xC2
}
