internal import PowerLine
internal import ValueProtocol

extension LocalUnit.Report {
    /// The same for the trunk; nil for what only the unit itself shows.
    public var content: UnitReport.Content? {
        switch self {
        case .joined(let meter, _): .meters(UnitReport.MeterRoster(present: [meter]))
        case .quiet(let meter): .quiet(meter, .unexplained)
        case .back(let meter): .back(meter, .unexplained)
        case .twins(let meter): .attack(UnitReport.LineAttack(.doubleIdentity, meter: meter))
        case .sessionsRefused(let meter): .attack(UnitReport.LineAttack(.flood, meter: meter))
        case .otherUnit(let unit): .otherUnit(unit.eid)
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
        case .sessionsRefused(let meter): "too many sessions are begun with meter \(meter) and not used"
        }
    }
}
