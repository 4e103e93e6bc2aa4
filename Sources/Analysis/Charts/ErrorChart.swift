#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Percentage errors over a logarithmic current axis, one curve per power factor, with the limits of the accuracy class
/// (IEC 62053-22, 7.1).
public struct ErrorChart: Chart {
    /// The errors at one power factor.
    public struct Curve: Sendable, Hashable {
        /// The curve's name in the legend.
        public let name: String
        /// In SVG notation, `#2f6fb0`.
        public let colour: String
        /// Of its points.
        public let mark: ChartMark
        /// By increasing current.
        public let points: [Point]

        public init(name: String, colour: String, mark: ChartMark, points: [Point]) {
            self.name = name
            self.colour = colour
            self.mark = mark
            self.points = points
        }
    }

    /// One measurement.
    public struct Point: Sendable, Hashable {
        /// In percent of the nominal current; above 0.
        public let current: Double
        /// In percent.
        public let error: Double
        /// The limit of the class in either direction, in percent; nil if it has none.
        public let limit: Double?

        public init(current: Double, error: Double, limit: Double? = nil) {
            self.current = current
            self.error = error
            self.limit = limit
        }
    }

    /// Above the chart.
    public let title: String
    /// In drawing order.
    public let curves: [Curve]

    public let height = 330.0
    private static let margins = (left: 76.0, right: 16.0, top: 62.0, bottom: 52.0)
    private static let ticks = [1.0, 2, 5, 10, 20, 50, 100]

    /// - Parameters:
    ///   - title: above the chart.
    ///   - curves: in drawing order.
    public init(title: String, curves: [Curve]) {
        self.title = title
        self.curves = curves
    }

    /// Makes a curve of the points of each name, in order of appearance, with its own colour and mark.
    ///
    /// - Parameters:
    ///   - title: above the chart.
    ///   - points: with the names of their curves in the legend.
    public init(title: String, points: [(curve: String, point: Point)]) {
        let looks: [(colour: String, mark: ChartMark)] = [
            ("#2f6fb0", .circle), ("#c2410c", .square), ("#2f855a", .triangle),
        ]
        var names: [String] = []
        for (name, _) in points where !names.contains(name) { names.append(name) }
        self.init(
            title: title,
            curves: names.enumerated().map { index, name in
                let look = looks[index % looks.count]
                return Curve(
                    name: name, colour: look.colour, mark: look.mark,
                    points: points.filter { $0.curve == name }.map(\.point))
            })
    }

    private var currents: [Double] { curves.flatMap { $0.points.map(\.current) } }
    /// The axis range in either direction, and the distance of its lines.
    private var scale: (max: Double, step: Double) {
        let errors: [Double] = curves.flatMap(\.points).flatMap { [abs($0.error), $0.limit ?? 0] }
        let highest = (errors.max() ?? 0) * 1.1
        let step = BarChart.step(upTo: highest)
        return (max(1, (highest / step).rounded(.up)) * step, step)
    }

    public func svg(top: Double) -> [String] {
        let (left, right) = (Self.margins.left, ChartSheet.width - Self.margins.right)
        let (upper, lower) = (top + Self.margins.top, top + height - Self.margins.bottom)
        let first = log(currents.min() ?? 1)
        let span = max(log(currents.max() ?? 100) - first, 0.1)
        let (highest, step) = scale
        func x(_ current: Double) -> Double { left + 12 + (log(current) - first) / span * (right - left - 24) }
        func y(_ error: Double) -> Double { (upper + lower) / 2 - error / highest * (lower - upper) / 2 }

        var lines = [SVG.text(title, at: (left, top + 24), .title)]
        let steps = Int((highest / step).rounded())
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
                let points = corners.map { (x: x($0.0), y: y(side * $0.1)) }
                lines.append(SVG.path(points, colour: band.colour, isDashed: true))
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

    /// Limits as drawn: curves with the same limits share them.
    private var bands: [(names: [String], colour: String, limits: [LimitBand])] {
        var bands: [(names: [String], colour: String, limits: [LimitBand])] = []
        for curve in curves {
            let limits = curve.limits
            guard !limits.isEmpty else { continue }
            if let index = bands.firstIndex(where: { $0.limits == limits }) {
                bands[index].names.append(curve.name)
                bands[index].colour = "#7b8794"
            } else {
                bands.append(([curve.name], curve.colour, limits))
            }
        }
        return bands
    }

    /// The legend, on a line below the title.
    private func key(top: Double) -> [String] {
        var lines: [String] = []
        var left = Self.margins.left
        func entry(_ text: String, width: Double, _ sign: (Double) -> String) {
            lines.append(sign(left))
            lines.append(SVG.text(text, at: (left + width, top + 4), .key))
            // A letter of this size is about 6.4 units wide.
            left += width + Double(text.count) * 6.4 + 18
        }
        for curve in curves {
            entry(curve.name, width: 11) {
                SVG.mark(curve.mark, at: ($0 + 4, top), colour: curve.colour, titled: curve.name)
            }
        }
        for band in bands {
            let names =
                band.names.count == curves.count ? "" : band.names.count > 1 ? ", the others" : ", \(band.names[0])"
            entry("limit" + names, width: 34) {
                SVG.path([($0, top), ($0 + 28, top)], colour: band.colour, isDashed: true)
            }
        }
        return lines
    }
}

/// A limit in either direction, in percent, from one current to another.
struct LimitBand: Equatable {
    let from: Double
    var to: Double
    let limit: Double
}

extension ErrorChart.Curve {
    /// Each limit from its first point to the start of the next one, or to the last point.
    var limits: [LimitBand] {
        var limits: [LimitBand] = []
        for point in points {
            guard let limit = point.limit else { continue }
            if let last = limits.last {
                limits[limits.count - 1].to = point.current
                if last.limit != limit {
                    limits.append(LimitBand(from: point.current, to: point.current, limit: limit))
                }
            } else {
                limits.append(LimitBand(from: point.current, to: point.current, limit: limit))
            }
        }
        return limits
    }
}
