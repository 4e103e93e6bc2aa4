/// A channel that sends by ENVELOPE the commands that T=0 cannot carry (ISO/IEC 7816-3, 12.2; ISO/IEC 7816-4, 7.6.2).
///
/// Over protocols other than T=0, commands are sent unchanged.
///
///     let channel = EnvelopeChannel(GetResponseChannel(slot))
public struct EnvelopeChannel: CardChannel {
    /// The channel beneath.
    public let base: GetResponseChannel
    /// Which commands are sent by ENVELOPE.
    public let form: EnvelopeForm

    /// - Parameters:
    ///   - base: the channel beneath.
    ///   - form: which commands are sent by ENVELOPE; the card must use the same.
    public init(_ base: GetResponseChannel, form: EnvelopeForm = .commandsThatNeedIt) {
        self.base = base
        self.form = form
    }

    /// Sends `command` and returns the card's answer; where a segment is refused, its status word.
    ///
    /// - Throws: `CardError`: what the channel beneath throws; `.malformedAnswer` where the envelope does not contain a
    ///   response APDU.
    public func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        guard base.base.transmissionProtocol == .t0, form == .everything || T0Command.needsEnvelope(command) else {
            return try base.transmit(command)
        }
        let cla = ClassByte(command.cla).forGetResponse
        var rest = command.bytes[...]
        var answer: ResponseAPDU
        repeat {
            let segment = rest.prefix(255)
            rest = rest.dropFirst(255)
            answer = try base.transmit(Self.envelope(segment, cla: rest.isEmpty ? cla : cla | 0x10))
            if !rest.isEmpty, answer.status != .success { return answer }
        } while !rest.isEmpty
        guard form == .everything, answer.status == .success else { return answer }
        do throws(APDUError) {
            return try ResponseAPDU([UInt8](answer.data))
        } catch {
            throw CardError(.malformedAnswer, subject: "ENVELOPE", cause: error)
        }
    }

    private static func envelope(_ segment: ArraySlice<UInt8>, cla: UInt8) throws(CardError) -> CommandAPDU {
        do throws(APDUError) {
            return try CommandAPDU(cla: cla, ins: EnvelopeForm.instruction, p1: 0, p2: 0, data: segment)
        } catch {
            throw CardError(.malformedAnswer, subject: "ENVELOPE", cause: error)
        }
    }
}
