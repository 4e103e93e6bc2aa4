internal import Grid
internal import ValueProtocol

extension TrunkReport {
    init(wire: Valuestore_Trunk_V1_Report) throws(TrunkError) {
        guard wire.number != 0, let age = Int64(exactly: wire.ageMs) else {
            throw TrunkError(.malformed, "report \(wire.number)")
        }
        let content = try UnitReport.Content(wire: wire)
        self.init(
            wire.number, UnitReport(from: PartyID(rawValue: wire.unit), at: .milliseconds(age), content))
    }

    var wire: Valuestore_Trunk_V1_Report {
        var wire = Valuestore_Trunk_V1_Report()
        wire.number = number
        wire.unit = report.unit.rawValue
        wire.ageMs = UInt64(clamping: report.time.milliseconds)
        report.content.write(to: &wire)
        return wire
    }
}

extension UnitReport.Content {
    init(wire: Valuestore_Trunk_V1_Report) throws(TrunkError) {
        func presence(_ cause: Valuestore_Trunk_V1_Presence) throws(TrunkError) -> UnitReport.Presence {
            guard let found = UInt8(exactly: cause.rawValue).flatMap(UnitReport.Presence.init(rawValue:)) else {
                throw TrunkError(.malformed, "report \(wire.number)")
            }
            return found
        }
        switch wire.content {
        case .quiet(let quiet): self = .quiet(PartyID(rawValue: quiet.meter), try presence(quiet.cause))
        case .back(let back): self = .back(PartyID(rawValue: back.meter), try presence(back.cause))
        case .quality(let quality):
            self = .quality(
                UnitReport.LineQuality(
                    of: PartyID(rawValue: quality.meter), byteErrorRate: quality.byteErrorRatePpm,
                    exchanges: quality.exchanges, repeats: quality.repeats))
        case .otherMeter(let other):
            self = .otherMeter(expected: PartyID(rawValue: other.expected), found: PartyID(rawValue: other.found))
        case .otherUnit(let other): self = .otherUnit(other.unit == 0 ? nil : PartyID(rawValue: other.unit))
        case .attack(let attack):
            guard let kind = UInt8(exactly: attack.kind.rawValue).flatMap(UnitReport.LineAttack.Kind.init(rawValue:))
            else { throw TrunkError(.malformed, "report \(wire.number)") }
            self = .attack(
                UnitReport.LineAttack(
                    kind, meter: attack.meter == 0 ? nil : PartyID(rawValue: attack.meter), count: attack.count))
        case .meters(let meters):
            self = .meters(
                UnitReport.MeterRoster(
                    present: meters.present.map { PartyID(rawValue: $0) },
                    gone: meters.gone.map { PartyID(rawValue: $0) }, isComplete: meters.isComplete))
        case .lost(let count): self = .lost(Int(count))
        case nil: throw TrunkError(.malformed, "report \(wire.number)")
        }
    }

    fileprivate func write(to wire: inout Valuestore_Trunk_V1_Report) {
        switch self {
        case .quiet(let meter, let cause):
            wire.quiet.meter = meter.rawValue
            wire.quiet.cause = cause.wire
        case .back(let meter, let cause):
            wire.back.meter = meter.rawValue
            wire.back.cause = cause.wire
        case .quality(let quality):
            wire.quality.meter = quality.meter.rawValue
            wire.quality.byteErrorRatePpm = quality.byteErrorRate
            wire.quality.exchanges = quality.exchanges
            wire.quality.repeats = quality.repeats
        case .otherMeter(let expected, let found):
            wire.otherMeter.expected = expected.rawValue
            wire.otherMeter.found = found.rawValue
        case .otherUnit(let unit): wire.otherUnit.unit = unit?.rawValue ?? 0
        case .attack(let attack):
            wire.attack.kind = attack.kind.wire
            wire.attack.meter = attack.meter?.rawValue ?? 0
            wire.attack.count = attack.count
        case .meters(let roster):
            wire.meters.present = roster.present.map(\.rawValue)
            wire.meters.gone = roster.gone.map(\.rawValue)
            wire.meters.isComplete = roster.isComplete
        case .lost(let count): wire.lost = UInt32(clamping: count)
        }
    }
}

extension UnitReport.Presence {
    fileprivate var wire: Valuestore_Trunk_V1_Presence {
        switch self {
        case .unexplained: .unexplained
        case .noise: .noise
        case .power: .power
        case .station: .station
        case .line: .line
        }
    }
}

extension UnitReport.LineAttack.Kind {
    fileprivate var wire: Valuestore_Trunk_V1_AttackKind {
        switch self {
        case .doubleIdentity: .doubleIdentity
        case .flood: .flood
        case .impersonation: .impersonation
        case .jamming: .jamming
        case .sessions: .sessions
        }
    }
}
