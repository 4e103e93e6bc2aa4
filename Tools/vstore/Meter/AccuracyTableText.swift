import Analysis
import MeterBench
import Metrology

extension AccuracyTable {
    private var title: String {
        "\(SVG.number(rating.nominalVoltage)) V, \(SVG.number(rating.nominalCurrent)) A, "
            + "\(SVG.number(rating.nominalFrequency)) Hz, current of \(currentBits) bits, "
            + (isCalibrated ? "calibrated" : "not calibrated")
    }

    var lines: [String] {
        var table = TextTable(["CURRENT", "POWER FACTOR", "LIMIT", "ERROR", "VERDICT"])
        for row in rows {
            table.add([
                "\(SVG.number(row.point.current * 100)) %", "\(row.point.powerFactor)",
                row.limit.map { "±\(SVG.number($0)) %" } ?? "none", "\(Self.signed(row.error)) %",
                row.verdict.map { $0 == .pass ? "pass" : "FAIL" } ?? "",
            ])
        }
        let result = "\(count(.pass)) of \(count(.pass) + count(.fail)) points within class 0.2 S"
        return ["\(title); \(seconds) s per point, seed \(seed)"] + table.lines + [result, ""]
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
            title: title,
            points: rows.map { row in
                (
                    curve: row.point.powerFactor == .one ? "power factor 1" : "\(row.point.powerFactor)",
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
