public import ISO7816

/// A reader's choice from an answer to reset: protocol and speed, and whether it must request them (ISO/IEC 7816-3,
/// 6.3.1 and 9).
public struct ProtocolChoice: Sendable, Hashable {
    /// T.
    public let protocolNumber: UInt8
    /// F/D once the request, if any, is granted.
    public let unit: ElementaryTimeUnit
    /// The PPS request; nil where none is needed, or the card is in the specific mode.
    public let request: PPSMessage?

    /// Chooses.
    ///
    /// - Parameters:
    ///   - answer: the card's answer to reset.
    ///   - protocols: those that the reader supports, the preferred one first.
    ///   - clockFrequency: the clock in kilohertz; a speed that does not allow it is not requested.
    ///   - usesOfferedSpeed: false to stay at Fd and Dd where the card allows it.
    ///   - implicitUnit: F/D of a card in the specific mode with implicit values instead of TA1's.
    ///   - standardUse: PPS2, requested where the card indicates a use of the contact SPU.
    /// - Throws: `TransmissionError` with code `.noCommonProtocol`.
    public init(
        _ answer: AnswerToReset, protocols: [UInt8] = [1, 0], clockFrequency: Int = 4_000,
        usesOfferedSpeed: Bool = true, implicitUnit: ElementaryTimeUnit? = nil, standardUse: UInt8? = nil
    ) throws(TransmissionError) {
        let subject = "answer to reset"
        if let mode = answer.specificMode {
            guard protocols.contains(mode.protocolNumber) else {
                throw TransmissionError(.noCommonProtocol, subject: subject, detail: "T=\(mode.protocolNumber) only")
            }
            let unit =
                mode.usesOfferedSpeed ? ElementaryTimeUnit(indices: answer.levels[0].ta ?? 0x11) : implicitUnit
            guard let unit else {
                throw TransmissionError(.noCommonProtocol, subject: subject, detail: "a speed that is not stated")
            }
            (self.protocolNumber, self.unit, self.request) = (mode.protocolNumber, unit, nil)
            return
        }
        let offered = answer.protocols
        guard let number = protocols.first(where: offered.contains) else {
            let names = offered.map { "T=\($0)" }.joined(separator: ", ")
            throw TransmissionError(.noCommonProtocol, subject: subject, detail: names)
        }
        protocolNumber = number
        let indices = answer.levels[0].ta ?? 0x11
        let use = answer.standardUse == nil ? nil : standardUse
        if usesOfferedSpeed, indices != 0x11, let unit = ElementaryTimeUnit(indices: indices),
            let rate = answer.clockRateConversion, rate.maximumFrequency >= clockFrequency
        {
            self.unit = unit
            request = PPSMessage(protocolNumber: number, speed: indices, standardUse: use)
        } else {
            unit = .initial
            let isSpoken = number == answer.defaultProtocol && use == nil
            request = isSpoken ? nil : PPSMessage(protocolNumber: number, standardUse: use)
        }
    }
}
