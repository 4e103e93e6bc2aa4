import Analysis
import MeterBench
import Metrology

/// A channel's errors at the load points of its class.
struct AccuracyTable: Sendable {
    let rating: ChannelRating
    let bits: Int
    let seconds: Int
    let seed: UInt64
    let isCalibrated: Bool
    let rows: [AccuracyTest.Row]

    /// Tests it.
    init(_ rating: ChannelRating, bits: Int, seconds: Int, seed: UInt64, isCalibrated: Bool) {
        self.rating = rating
        self.bits = bits
        self.seconds = seconds
        self.seed = seed
        self.isCalibrated = isCalibrated
        let test = AccuracyTest(
            rating, frontEnd: FrontEnd(for: rating, currentBits: bits), duration: Double(seconds), seed: seed)
        rows = test.run(LoadPoint.class02S, isCalibrated ? nil : Calibration(asDesigned: test.frontEnd))
    }

    var failures: Int { rows.count { !$0.isWithin } }

    private var title: String {
        "\(SVG.number(rating.nominalVoltage)) V, \(SVG.number(rating.nominalCurrent)) A, "
            + "\(SVG.number(rating.nominalFrequency)) Hz, current of \(bits) bits, "
            + (isCalibrated ? "calibrated" : "not calibrated")
    }

    var lines: [String] {
        var table = TextTable(["CURRENT", "POWER FACTOR", "LIMIT", "ERROR", "VERDICT"])
        for row in rows {
            table.add([
                "\(SVG.number(row.point.current * 100)) %", row.point.powerFactor.text,
                row.limit.map { "±\(SVG.number($0)) %" } ?? "none", "\(Self.signed(row.error)) %",
                row.limit == nil ? "" : row.isWithin ? "pass" : "FAIL",
            ])
        }
        let judged = rows.count { $0.limit != nil }
        let result = "\(judged - failures) of \(judged) points within class 0.2 S"
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
            "hertz": .decimal(rating.nominalFrequency), "bits": .number(bits), "calibrated": .truth(isCalibrated),
            "seconds": .number(seconds), "seed": .number(Int(clamping: seed)),
            "points": .list(
                rows.map { row in
                    [
                        "currentPercent": .decimal((row.point.current * 1000).rounded() / 10),
                        "powerFactor": .text(row.point.powerFactor.text),
                        "truthJoules": .decimal(row.truth), "measuredJoules": .decimal(row.measured),
                        "limitPercent": row.limit.map { .decimal($0) } ?? .null, "errorPercent": .decimal(row.error),
                        "verdict": row.limit == nil ? .null : .text(row.isWithin ? "pass" : "fail"),
                    ]
                }),
        ]
    }

    var chart: ErrorChart {
        ErrorChart(
            title: title,
            points: rows.map { row in
                let factor = row.point.powerFactor
                return (
                    curve: factor == .one ? "power factor 1" : factor.text,
                    point: ErrorChart.Point(current: row.point.current * 100, error: row.error, limit: row.limit)
                )
            })
    }
}

extension LoadPoint.PowerFactor {
    /// `1`, `0.5 lagging`, `0.8 leading`.
    var text: String {
        switch self {
        case .one: "1"
        case .lagging(let cosine): "\(SVG.number(cosine)) lagging"
        case .leading(let cosine): "\(SVG.number(cosine)) leading"
        }
    }
}
