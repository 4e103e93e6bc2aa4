import Analysis
import MeterBench
import Metrology

extension AccuracyTable {
    /// The class and the standard of the limits.
    static let className = "class \(AccuracyClass.designation02S) of \(AccuracyClass.standard)"

    private var channel: String {
        "\(SVG.number(rating.nominalVoltage)) V, \(SVG.number(rating.nominalCurrent)) A, "
            + "\(SVG.number(rating.nominalFrequency)) Hz"
    }

    private var instrument: String {
        "current of \(currentBits) bits, " + (isCalibrated ? "calibrated" : "not calibrated")
    }

    private var conditions: String { "\(seconds) s per point, seed \(seed)" }

    /// The points for which the class has no limit.
    private var unjudged: Int { rows.count { $0.limit == nil } }

    var lines: [String] {
        var table = TextTable(["CURRENT", "POWER FACTOR", "LIMIT", "ERROR", "VERDICT"], numbers: [0, 3])
        for row in rows {
            table.add([
                "\(SVG.number(row.point.current * 100)) %", "\(row.point.powerFactor)",
                row.limit.map { "±\(SVG.number($0)) %" } ?? "none", "\(Self.signed(row.error)) %",
                row.verdict.map { $0 == .pass ? "pass" : "FAIL" } ?? "",
            ])
        }
        let result = "\(count(.pass)) of \(count(.pass) + count(.fail)) points within \(Self.className)"
        let leftOut = "left out: \(unjudged) points without a limit in the class are not judged"
        return ["\(channel), \(instrument); \(conditions)"] + table.lines + [result, leftOut, ""]
    }

    /// With a sign and three decimals.
    private static func signed(_ value: Double) -> String {
        let thousandths = Int((abs(value) * 1000).rounded())
        let fraction = String(1000 + thousandths % 1000).dropFirst()
        return (value < 0 && thousandths > 0 ? "-" : "+") + "\(thousandths / 1000).\(fraction)"
    }

    var json: JSONValue {
        [
            "volts": .decimal(rating.nominalVoltage), "amperes": .decimal(rating.nominalCurrent),
            "hertz": .decimal(rating.nominalFrequency), "bits": .number(currentBits),
            "calibrated": .truth(isCalibrated), "seconds": .number(seconds), "seed": .number(Int(clamping: seed)),
            "unjudged": .number(unjudged),
            "points": .list(
                rows.map { row in
                    [
                        "currentPercent": .decimal((row.point.current * 1000).rounded() / 10),
                        "powerFactor": .decimal(row.point.powerFactor.cosine),
                        "current": JSONValue(row.point.powerFactor.side),
                        "truthJoules": .decimal(row.truth), "measuredJoules": .decimal(row.measured),
                        "limitPercent": row.limit.map { .decimal($0) } ?? .null, "errorPercent": .decimal(row.error),
                        "verdict": row.verdict.map { .text($0.rawValue) } ?? .null,
                    ]
                }),
        ]
    }

    var chart: ErrorChart {
        ErrorChart(
            title: "Error of active energy, simulated meter of \(channel)",
            details: ["\(instrument); \(conditions); \(unjudged) points without a limit in the class"],
            accuracyClass: Self.className, nominalCurrent: rating.nominalCurrent,
            points: rows.map { row in
                (
                    curve: "power factor \(row.point.powerFactor)",
                    point: ErrorChart.Point(current: row.point.current * 100, error: row.error, limit: row.limit)
                )
            })
    }
}

extension LoadPoint.PowerFactor {
    fileprivate var cosine: Double {
        switch self {
        case .one: 1
        case .lagging(let cosine), .leading(let cosine): cosine
        }
    }

    /// Of the voltage, on which side the current is; nil where they are in phase.
    fileprivate var side: String? {
        switch self {
        case .one: nil
        case .lagging: "lagging"
        case .leading: "leading"
        }
    }
}
