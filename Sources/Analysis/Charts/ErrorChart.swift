#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Percentage errors over a logarithmic current axis, one curve per power factor, with the limits of an accuracy class.
///
/// Curves differ in colour, mark, width and dashes, and later ones are narrower: where they coincide, each is seen.
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

    /// Above the chart: what was tested.
    public let title: String
    /// Below the title: how it was tested.
    public let details: [String]
    /// The class and the standard of the limits, as in `class 0.2 S of IEC 62053-22`.
    public let accuracyClass: String
    /// 100 percent of the current, in A; nil if it is not known.
    public let nominalCurrent: Double?
    /// In drawing order.
    public let curves: [Curve]

    static let left = 88.0
    /// Right of the plot are the values of the limits.
    static let right = ChartSheet.width - 120
    static let plotHeight = 236.0
    private static let bottom = 56.0

    /// - Parameters:
    ///   - title: above the chart: what was tested.
    ///   - details: how it was tested, each from a new line on.
    ///   - accuracyClass: the class and the standard of the limits, as in `class 0.2 S of IEC 62053-22`.
    ///   - nominalCurrent: 100 percent of the current, in A.
    ///   - curves: in drawing order.
    public init(
        title: String, details: [String] = [], accuracyClass: String, nominalCurrent: Double? = nil, curves: [Curve]
    ) {
        self.title = title
        self.details = details
        self.accuracyClass = accuracyClass
        self.nominalCurrent = nominalCurrent
        self.curves = curves
    }

    /// Makes a curve of the points of each name, in order of appearance, with its own colour and mark.
    ///
    /// - Parameters:
    ///   - title: above the chart: what was tested.
    ///   - details: how it was tested, each from a new line on.
    ///   - accuracyClass: the class and the standard of the limits, as in `class 0.2 S of IEC 62053-22`.
    ///   - nominalCurrent: 100 percent of the current, in A.
    ///   - points: with the names of their curves in the legend.
    public init(
        title: String, details: [String] = [], accuracyClass: String, nominalCurrent: Double? = nil,
        points: [(curve: String, point: Point)]
    ) {
        let colours = ["#2f6fb0", "#c2410c", "#2f855a", "#6b46c1", "#1f2933"]
        var names: [String] = []
        for (name, _) in points where !names.contains(name) { names.append(name) }
        self.init(
            title: title, details: details, accuracyClass: accuracyClass, nominalCurrent: nominalCurrent,
            curves: names.enumerated().map { index, name in
                Curve(
                    name: name, colour: colours[index % colours.count],
                    mark: ChartMark.allCases[index % ChartMark.allCases.count],
                    points: points.filter { $0.curve == name }.map(\.point))
            })
    }

    private var heading: ChartHeading {
        ChartHeading(title, .title, details: details + ["limits: \(accuracyClass)"], left: Self.left)
    }

    public var height: Double { heading.height + key.height + 10 + Self.plotHeight + Self.bottom }

    public var summary: String {
        let errors = curves.map { "\($0.name): \($0.range)" }.joined(separator: "; ")
        return
            ([title] + details + ["Errors in percent, with the limits of \(accuracyClass). \(errors)"] + coincidences)
            .map(\.sentence).joined(separator: " ")
    }

    public func svg(top: Double) -> [String] {
        let (heading, key, plot) = (heading, key, plot)
        let upper = top + heading.height + key.height + 10
        let lower = upper + Self.plotHeight
        func y(_ error: Double) -> Double { upper + plot.y(error) }

        var lines = heading.svg(top: top) + key.svg(top: top + heading.height)
        let decimals = BarChart.decimals(of: plot.step)
        let steps = Int((plot.highest / plot.step).rounded())
        for tick in -steps...steps {
            let value = Double(tick) * plot.step
            lines.append(SVG.line((Self.left, y(value)), (Self.right, y(value)), isAxis: tick == 0))
            let text = (tick > 0 ? "+" : "") + SVG.number(value, decimals: tick == 0 ? 0 : decimals)
            lines.append(SVG.text(text, at: (Self.left - 8, y(value) + 4), .value))
        }
        for tick in plot.ticks {
            lines.append(SVG.line((plot.x(tick), upper), (plot.x(tick), lower), isAxis: false))
            lines.append(SVG.text(SVG.number(tick), at: (plot.x(tick), lower + 18), .label))
        }
        lines.append(SVG.text("error in %", at: (22, (upper + lower) / 2), .upright))
        let nominal = nominalCurrent.map { "nominal \(SVG.number($0)) A" } ?? "nominal current"
        lines.append(
            SVG.text("current in % of the \(nominal)", at: ((Self.left + Self.right) / 2, lower + 40), .label))
        for (index, curve) in curves.enumerated() {
            lines.append(SVG.path(curve.points.map { (plot.x($0.current), y($0.error)) }, stroke(index)))
        }
        // Above the curves, the widest of which would cover a limit at the same place.
        for (index, band) in bands.enumerated() {
            let corners = band.limits.flatMap { [($0.from, $0.limit), ($0.to, $0.limit)] }
            for side in [1.0, -1] {
                lines.append(
                    SVG.path(corners.map { (plot.x($0.0), y(side * $0.1)) }, band.stroke(index)))
            }
        }
        lines += limitLabels.flatMap { label in
            [
                SVG.line((label.x, y(label.limit)), (Self.right + 4, upper + label.y), isAxis: false),
                SVG.text(label.text, at: (Self.right + 8, upper + label.y + 4), .key, upTo: 120 - 12),
            ]
        }
        for (index, curve) in curves.enumerated() {
            lines += curve.points.map { point in
                SVG.mark(
                    mark(index), at: (plot.x(point.current), y(point.error)),
                    titled: "\(curve.name), \(SVG.number(point.current)) %: error \(SVG.number(point.error)) %")
            }
        }
        return lines
    }
}

/// Where errors and currents are in a chart.
struct ErrorPlot {
    private let first: Double
    private let span: Double
    /// The end of the axis of errors in either direction, in percent.
    let highest: Double
    /// The distance of its lines.
    let step: Double

    init(_ curves: [ErrorChart.Curve]) {
        let points = curves.flatMap(\.points)
        let currents = points.map(\.current)
        first = log(currents.min() ?? 1)
        span = max(log(currents.max() ?? 100) - first, 0.1)
        let errors: [Double] = points.flatMap { [abs($0.error), $0.limit ?? 0] }
        let most = (errors.max() ?? 0) * 1.1
        step = BarChart.step(upTo: most)
        highest = max(1, (most / step).rounded(.up)) * step
    }

    func x(_ current: Double) -> Double {
        ErrorChart.left + 14 + (log(current) - first) / span * (ErrorChart.right - ErrorChart.left - 28)
    }

    /// From the plot's upper edge.
    func y(_ error: Double) -> Double { (1 - error / highest) * ErrorChart.plotHeight / 2 }

    /// 1, 2 and 5 times powers of ten, of the currents in the plot.
    var ticks: [Double] {
        (-3...4).flatMap { power in [1.0, 2, 5].map { $0 * pow(10, Double(power)) } }
            .filter { log($0) >= first - 1e-9 && log($0) <= first + span + 1e-9 }
    }
}
