public import PowerLine
public import ValueProtocol

extension LocalUnit {
    /// What a unit reports of its line.
    public enum Report: Sendable, Hashable {
        /// The meter has a station and answers at it.
        case joined(PartyID, station: UInt16)
        /// The meter does not answer.
        case quiet(PartyID)
        /// The meter answers again.
        case back(PartyID)
        /// The meter is not on the host's list: it was given no station.
        case notListed(PartyID)
        /// Two answer as this meter: neither was given a station.
        case twins(PartyID)
        /// All stations are given.
        case lineFull(PartyID)
        /// Another unit speaks on this line.
        case otherUnit(StationMessage.Unit)
        /// Sessions with this meter are begun, and none shows a good S3.
        case sessionsRefused(PartyID)
        /// How well the line carries frames to and from a meter.
        case quality(UnitReport.LineQuality)
        /// Another unit speaks under this unit's address again and again, or something that looks so.
        case impersonated
        /// Something is on the line whenever meters are looked for, and none of it is an answer.
        case disturbed
    }

    /// The line to one meter.
    public struct Quality: Sendable, Hashable {
        /// Exchanges that ended with an answer, and those that did not.
        public internal(set) var answered = 0
        public internal(set) var failed = 0
        /// How often something had to be sent again.
        public internal(set) var repeats = 0
        /// The probability that a byte is hit, as estimated from the last frames.
        public internal(set) var byteErrorRate = 0.0
        /// When it answered last; nil if it never has.
        public internal(set) var lastHeard: Duration?
        /// Whether it counts as quiet.
        public internal(set) var isQuiet = false
    }
}

extension LocalUnit.Report {
    /// The same for the trunk; nil for what only the unit itself shows.
    public var content: UnitReport.Content? {
        switch self {
        case .joined(let meter, _): .meters(UnitReport.MeterRoster(present: [meter]))
        case .quiet(let meter): .quiet(meter, .unexplained)
        case .back(let meter): .back(meter, .unexplained)
        case .twins(let meter): .attack(UnitReport.LineAttack(.doubleIdentity, meter: meter))
        case .sessionsRefused(let meter): .attack(UnitReport.LineAttack(.sessions, meter: meter))
        case .otherUnit(let unit): .otherUnit(unit.eid)
        case .quality(let quality): .quality(quality)
        case .impersonated: .attack(UnitReport.LineAttack(.impersonation))
        case .disturbed: .attack(UnitReport.LineAttack(.jamming))
        case .notListed, .lineFull: nil
        }
    }
}

extension LocalUnit.Report: CustomStringConvertible {
    public var description: String {
        switch self {
        case .joined(let meter, let station): "meter \(meter) has station \(station)"
        case .quiet(let meter): "meter \(meter) does not answer"
        case .back(let meter): "meter \(meter) answers again"
        case .notListed(let meter): "meter \(meter) is not on the list of this transformer, and gets no station"
        case .twins(let meter): "two meters answer as \(meter), and get no station"
        case .lineFull(let meter): "meter \(meter) gets no station: all 256 are given"
        case .otherUnit(let unit): "unit \(unit.eid) speaks on the same line"
        case .quality(let quality):
            "line to meter \(quality.meter): \(quality.byteErrorRate) of a million bytes are hit, "
                + "\(quality.repeats) repeats in \(quality.exchanges) exchanges"
        case .impersonated: "somebody speaks in this unit's name, again and again"
        case .disturbed: "something disturbs the line whenever meters are looked for"
        case .sessionsRefused(let meter): "too many sessions are begun with meter \(meter) and not used"
        }
    }
}
