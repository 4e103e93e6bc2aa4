import Analysis
import HeadEnd
import Records
import ValueProtocol

/// What a text report does not have, so that nobody takes it for more than it is.
extension MeterReport {
    /// Stretches without a record that a text names one by one.
    private static let namedGaps = 5

    var leftOutLines: [String] {
        var lines = [
            "left out: " + (leftOut.isEmpty ? "nothing of this meter's records" : "\(leftOut), which --json has")
        ]
        lines[0] += "; other meters are not counted"
        if MeterReport.series.contains(where: { !use($0).isEmpty }) {
            lines.append(gaps.isEmpty ? "missing: no record between the first and the last" : "missing: \(missing)")
            lines += gaps.suffix(MeterReport.namedGaps).map { gap in
                "  \(gap.count) \(gap.series.name(gap.count)) from \(minute(gap.from)) to \(minute(gap.to))"
            }
        } else {
            lines.append("missing: all use, which was never read")
        }
        if !unfinished.isEmpty {
            let names = unfinished.map { $0.name(1) }.joined(separator: ", ")
            lines.append("not final: the last \(names), which count until the meter was read")
        }
        if records.currency == nil { lines.append("not known: the currency") }
        if let own = MeterReport.localOffset(of: records), own != localOffset {
            lines.append(
                "days of this meter do not begin at 00:00 \(timeZone): leave --local-offset out, or make it \(own)")
        }
        return lines
    }

    private var leftOut: String {
        var parts: [String] = []
        for (series, _, shown, _) in MeterReport.shown where use(series).count > shown {
            parts.append("the first \(use(series).count - shown) of \(use(series).count) \(series.plural)")
        }
        if !records.hours.isEmpty {
            parts.append("\(records.hours.count) \(UsageSeries.hours.name(records.hours.count))")
        }
        let others = records.events.count - tampering.count
        if others > 0 { parts.append("\(others) events that are not of tampering") }
        let older = tampering.count - MeterReport.shownTampering
        if older > 0 { parts.append("the first \(older) events of tampering") }
        return parts.joined(separator: ", ")
    }

    private var missing: String {
        let counts = MeterReport.series.compactMap { series -> String? in
            let count = gaps.filter { $0.series == series }.reduce(0) { $0 + $1.count }
            return count == 0 ? nil : "\(count) \(series.name(count))"
        }
        let unnamed = gaps.count - MeterReport.namedGaps
        return counts.joined(separator: ", ") + " without a record"
            + (unnamed > 0 ? ", in \(gaps.count) stretches; the last \(MeterReport.namedGaps):" : ":")
    }

    /// Local date and time without seconds.
    private func minute(_ time: Timestamp) -> String {
        localDateTime(of: time).prefix(16).split(separator: "T").joined(separator: " ")
    }
}

extension UsageSeries {
    /// As JSON names it.
    var plural: String {
        switch self {
        case .hours: "hours"
        case .days: "days"
        case .weeks: "weeks"
        default: "months"
        }
    }

    func name(_ count: Int) -> String { count == 1 ? String(plural.dropLast()) : plural }
}
