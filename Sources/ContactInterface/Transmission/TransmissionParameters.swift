public import ISO7816

/// The transmission parameters after the answer to reset and the PPS exchange, if any.
public struct TransmissionParameters: Sendable, Hashable {
    /// T: 0 or 1.
    public let protocolNumber: UInt8
    /// F/D.
    public let unit: ElementaryTimeUnit
    /// The answer to reset, whose interface bytes apply.
    public let answerToReset: AnswerToReset

    public init(protocolNumber: UInt8, unit: ElementaryTimeUnit, answerToReset: AnswerToReset) {
        self.protocolNumber = protocolNumber
        self.unit = unit
        self.answerToReset = answerToReset
    }

    /// The character timing of `side`.
    ///
    /// N = 255 means 12 units in T=0 and 11 in T=1, in both directions; else the reader adds N units to 12: the current
    /// units, or where T=15 is indicated those of TA1 (8.3, TC1).
    public func timing(of side: LineSide) -> CharacterTiming {
        let extra = answerToReset.extraGuardTime
        let guardTime: Int =
            if extra == 255 {
                unit.periods(protocolNumber == 1 ? 11 : 12)
            } else if side == .card || extra == 0 {
                unit.periods(12)
            } else {
                unit.periods(12) + extraUnit.periods(Int(extra))
            }
        return CharacterTiming(
            unit: unit, guardTime: guardTime, turnaround: unit.periods(protocolNumber == 1 ? 22 : 16))
    }

    private var extraUnit: ElementaryTimeUnit {
        let namesT15 = answerToReset.levels.contains { ($0.td ?? 0) & 0x0F == 15 }
        guard namesT15 else { return unit }
        return ElementaryTimeUnit(indices: answerToReset.levels[0].ta ?? 0x11) ?? unit
    }

    /// WT of T=0: the maximum from any character to the card's next, WI · 960 · Fi clock periods (10.2).
    public var waitingTime: Int {
        Int(max(answerToReset.waitingTimeInteger, 1)) * 960 * (answerToReset.clockRateConversion?.integer ?? 372)
    }

    /// CWT of T=1: the maximum between two characters of a block, 11 + 2^CWI units (11.4.3).
    public var characterWaitingTime: Int { unit.periods(11 + (1 << Int(answerToReset.characterWaitingInteger))) }

    /// BWT of T=1: the maximum from the reader's last character to the card's first, 11 units and 2^BWI · 960 · 372
    /// clock periods (11.4.3). BWI 10 to 15 are reserved and treated as 9.
    public var blockWaitingTime: Int {
        unit.periods(11) + ((960 * 372) << Int(min(answerToReset.blockWaitingInteger, 9)))
    }

    /// How long to listen after the apparent end to notice an extra character: it would start 12 units after the last
    /// and end 10 later.
    var settlingTime: Int { unit.periods(23) }
}
