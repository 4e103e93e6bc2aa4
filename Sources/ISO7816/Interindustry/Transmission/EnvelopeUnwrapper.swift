/// The card's end of ENVELOPE: puts commands together that T=0 cannot carry as they are (ISO/IEC 7816-4, 7.6.2;
/// ISO/IEC 7816-3, 12.2).
///
/// Segments come as a chain of ENVELOPE commands (CLA bit 5). Goes between the card and `T0Card`.
public final class EnvelopeUnwrapper: IntegratedCircuitCard {
    public var answerToReset: [UInt8] { card.answerToReset }

    private let card: any IntegratedCircuitCard
    private let form: EnvelopeForm
    private let greatestCommand: Int
    private var gathered: [UInt8] = []

    /// - Parameters:
    ///   - card: what answers the commands.
    ///   - form: how their answers come back; the reader's must be the same.
    ///   - greatestCommand: the most bytes of a command.
    public init(
        _ card: any IntegratedCircuitCard, form: EnvelopeForm = .commandsThatNeedIt, greatestCommand: Int = 65_544
    ) {
        self.card = card
        self.form = form
        self.greatestCommand = greatestCommand
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
        // T0Card tries a form with Le first; only that without is one that arrived.
        guard parsed.expectedLength == nil, gathered.count + parsed.data.count <= greatestCommand else {
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

/// Which commands go by ENVELOPE over T=0, and how their answers come back.
public enum EnvelopeForm: Sendable, Hashable {
    /// Those with more than 255 bytes of data, and those with an instruction 6x or 9x, which T=0 takes for status bytes;
    /// the status word of the last ENVELOPE is that of the command.
    case commandsThatNeedIt
    /// All, so that the card gets every command in the form in which it was given: the answer, with its status word, is
    /// the data of the last ENVELOPE's answer. At most 65,534 bytes of data come back so.
    case everything

    /// INS of ENVELOPE.
    static let instruction: UInt8 = 0xC2
}
