#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Errors in percent over a current on a logarithmic axis, a curve each power factor, with the limits of its class.
struct ErrorChart: Chart {
    struct Curve: Sendable {
        let name: String
        let colour: String
        let mark: SVG.Mark
        /// Current in percent of the nominal one, error in percent.
        let points: [(current: Double, error: Double)]
        /// Where the class has one.
        let limits: [Limit]

        /// Of class, to either side, in percent, from a current to another.
        struct Limit: Equatable {
            let from: Double
            var to: Double
            let limit: Double
        }
    }

    let title: String
    let curves: [Curve]

    let height = 330.0
    private static let margins = (left: 76.0, right: 16.0, top: 62.0, bottom: 52.0)
    private static let ticks = [1.0, 2, 5, 10, 20, 50, 100]

    private var currents: [Double] { curves.flatMap { $0.points.map(\.current) } }
    /// The axis goes this far to either side, and has a line at each step.
    private var scale: (most: Double, step: Double) {
        let errors = curves.flatMap { $0.points.map { abs($0.error) } + $0.limits.map(\.limit) }
        let most = (errors.max() ?? 0) * 1.1
        let step = BarChart.step(for: most)
        return (max(1, (most / step).rounded(.up)) * step, step)
    }

    func svg(top: Double) -> [String] {
        let (left, right) = (Self.margins.left, ChartSheet.width - Self.margins.right)
        let (upper, lower) = (top + Self.margins.top, top + height - Self.margins.bottom)
        let first = log(currents.min() ?? 1)
        let span = max(log(currents.max() ?? 100) - first, 0.1)
        let (most, step) = scale
        func x(_ current: Double) -> Double { left + 12 + (log(current) - first) / span * (right - left - 24) }
        func y(_ error: Double) -> Double { (upper + lower) / 2 - error / most * (lower - upper) / 2 }

        var lines = [SVG.text(title, at: (left, top + 24), .title)]
        let steps = Int((most / step).rounded())
        for tick in -steps...steps {
            let value = Double(tick) * step
            lines.append(SVG.line((left, y(value)), (right, y(value)), isAxis: tick == 0))
            lines.append(SVG.text((tick > 0 ? "+" : "") + SVG.number(value), at: (left - 8, y(value) + 4), .value))
        }
        for tick in Self.ticks where log(tick) >= first - 1e-9 && log(tick) <= first + span + 1e-9 {
            lines.append(SVG.line((x(tick), upper), (x(tick), lower), isAxis: false))
            lines.append(SVG.text(SVG.number(tick), at: (x(tick), lower + 18), .label))
        }
        lines.append(SVG.text("error in %", at: (18, (upper + lower) / 2), .upright))
        lines.append(SVG.text("current in % of the nominal current", at: ((left + right) / 2, lower + 40), .label))
        for band in bands {
            let corners = band.limits.flatMap { [($0.from, $0.limit), ($0.to, $0.limit)] }
            for side in [1.0, -1] {
                let places = corners.map { (x: x($0.0), y: y(side * $0.1)) }
                lines.append(SVG.path(places, colour: band.colour, isDashed: true))
            }
        }
        for curve in curves {
            lines.append(SVG.path(curve.points.map { (x($0.current), y($0.error)) }, colour: curve.colour))
            for point in curve.points {
                let text = "\(curve.name), \(SVG.number(point.current)) %: error \(SVG.number(point.error)) %"
                lines.append(
                    SVG.mark(curve.mark, at: (x(point.current), y(point.error)), colour: curve.colour, titled: text))
            }
        }
        return lines + key(top: top + 43)
    }

    /// Limits as they are drawn: curves of the same limits share one.
    private var bands: [(names: [String], colour: String, limits: [Curve.Limit])] {
        var bands: [(names: [String], colour: String, limits: [Curve.Limit])] = []
        for curve in curves where !curve.limits.isEmpty {
            if let index = bands.firstIndex(where: { $0.limits == curve.limits }) {
                bands[index].names.append(curve.name)
                bands[index].colour = "#7b8794"
            } else {
                bands.append(([curve.name], curve.colour, curve.limits))
            }
        }
        return bands
    }

    /// What is what, on a line below the title.
    private func key(top: Double) -> [String] {
        var lines: [String] = []
        var left = Self.margins.left
        func entry(_ text: String, room: Double, _ sign: (Double) -> String) {
            lines.append(sign(left))
            lines.append(SVG.text(text, at: (left + room, top + 4), .key))
            // A letter of this size is about 6.4 wide.
            left += room + Double(text.count) * 6.4 + 18
        }
        for curve in curves {
            entry(curve.name, room: 11) {
                SVG.mark(curve.mark, at: ($0 + 4, top), colour: curve.colour, titled: curve.name)
            }
        }
        for band in bands {
            let names =
                band.names.count == curves.count ? "" : band.names.count > 1 ? ", the others" : ", \(band.names[0])"
            entry("limit" + names, room: 34) {
                SVG.path([($0, top), ($0 + 28, top)], colour: band.colour, isDashed: true)
            }
        }
        return lines
    }
}
