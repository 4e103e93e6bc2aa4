/// A bar chart with labels, and an axis with round numbers.
public struct BarChart: Chart {
    /// One bar.
    public struct Bar: Sendable, Hashable {
        /// Below the bar.
        public let label: String
        /// In the chart's unit, 0 or above; nil where there is no record, which a cross shows.
        public let value: Double?
        /// The value with its unit, exactly, in the bar's tooltip.
        public let written: String?
        /// Whether the value is not the final one; such a bar is pale.
        public let isUnfinished: Bool

        public init(_ label: String, _ value: Double?, written: String? = nil, isUnfinished: Bool = false) {
            self.label = label
            self.value = value
            self.written = written
            self.isUnfinished = isUnfinished
        }
    }

    /// Above the chart: what it shows, and whose.
    public let title: String
    /// Below the title: the period, the time zone.
    public let details: [String]
    /// What the bars' values are, as in `use`.
    public let quantity: String
    /// The unit of the bars' values.
    public let unit: String
    /// The meaning of the labels.
    public let axis: String
    /// The minimum count of decimals of the axis's numbers: 2 for money.
    public let decimals: Int
    /// From left to right.
    public let bars: [Bar]

    private static let plotHeight = 168.0
    private static let bottom = 56.0

    /// - Parameters:
    ///   - title: above the chart: what it shows, and whose.
    ///   - details: below the title: the period, the time zone; each from a new line on.
    ///   - quantity: what the bars' values are, as in `use`.
    ///   - unit: of the bars' values.
    ///   - axis: the meaning of the labels.
    ///   - decimals: the minimum count of those of the axis's numbers.
    ///   - bars: from left to right.
    public init(
        title: String, details: [String] = [], quantity: String, unit: String, axis: String, decimals: Int = 0,
        bars: [Bar]
    ) {
        self.title = title
        self.details = details
        self.quantity = quantity
        self.unit = unit
        self.axis = axis
        self.decimals = decimals
        self.bars = bars
    }

    /// The distance of an axis's ticks: 1, 2 or 5 times a power of ten, so that five of them reach `max`.
    static func step(upTo max: Double) -> Double {
        guard max > 0 else { return 1 }
        var size = 1.0
        while size * 10 <= max { size *= 10 }
        while size > max { size /= 10 }
        let steps = [0.2, 0.5, 1, 2, 5, 10].map { $0 * size }
        return steps.first { $0 * 5 >= max } ?? size * 10
    }

    /// The decimals that multiples of a step have, at most 6.
    static func decimals(of step: Double) -> Int {
        var (decimals, scaled) = (0, step)
        while decimals < 6, abs(scaled - scaled.rounded()) > 1e-6 {
            decimals += 1
            scaled *= 10
        }
        return decimals
    }

    private var step: Double { BarChart.step(upTo: bars.compactMap(\.value).max() ?? 0) }
    private var ticks: [(value: Double, text: String)] {
        let step = step
        let count = Int(max(1, ((bars.compactMap(\.value).max() ?? 0) / step).rounded(.up)))
        let decimals = max(decimals, BarChart.decimals(of: step))
        return (0...count).map {
            (Double($0) * step, SVG.number(Double($0) * step, decimals: decimals))
        }
    }

    /// Wide numbers of the axis do not reach its title.
    private var left: Double {
        max(88, 42 + (ticks.map { TextMetrics.width($0.text, size: SVG.Style.value.size) }.max() ?? 0))
    }
    private var heading: ChartHeading { ChartHeading(title, .title, details: details, left: left) }
    private var key: ChartKey {
        var entries: [ChartKey.Entry] = []
        let unfinished = bars.filter(\.isUnfinished).map(\.label)
        if !unfinished.isEmpty {
            let text = "pale: \(unfinished.joined(separator: ", ")), not finished when it was read"
            entries.append(
                .init(text: text, width: 12) {
                    [SVG.bar(x: $0, y: $1 - 6, width: 12, height: 12, isPale: true, titled: "not finished")]
                })
        }
        let missing = bars.count { $0.value == nil }
        if missing > 0 {
            entries.append(
                .init(text: "no record: \(missing) of \(bars.count)", width: 12) {
                    [SVG.text("×", at: ($0 + 6, $1 + 4), .label)]
                })
        }
        return ChartKey(entries, left: left)
    }

    public var height: Double { heading.height + key.height + 10 + Self.plotHeight + Self.bottom }

    public var summary: String {
        let values = bars.compactMap(\.value)
        let range = values.max().map {
            ": from \(SVG.number(values.min() ?? 0)) to \(SVG.number($0)) \(unit)"
        }
        return ([title] + details + ["\(bars.count) bars of \(quantity) in \(unit) by \(axis)\(range ?? "")"])
            .map(\.sentence).joined(separator: " ")
    }

    public func svg(top: Double) -> [String] {
        let (left, heading, key, ticks) = (left, heading, key, ticks)
        let right = ChartSheet.width - ChartSheet.margin
        let upper = top + heading.height + key.height + 10
        let base = upper + Self.plotHeight
        let scale = ticks.last?.value ?? 1
        var lines = heading.svg(top: top) + key.svg(top: top + heading.height)
        for (value, text) in ticks {
            let y = base - value / scale * Self.plotHeight
            lines.append(SVG.line((left, y), (right, y), isAxis: value == 0))
            lines.append(SVG.text(text, at: (left - 8, y + 4), .value))
        }
        lines.append(
            SVG.text(
                "\(quantity) in \(unit)", at: (22, upper + Self.plotHeight / 2), .upright, upTo: Self.plotHeight + 40))
        if !bars.contains(where: { $0.value != nil }) {
            lines.append(SVG.text("no record", at: ((left + right) / 2, base - Self.plotHeight / 2), .label))
        }
        let slot = (right - left) / Double(max(1, bars.count))
        // If labels would touch, some are omitted.
        let labelWidth = (bars.map { TextMetrics.width($0.label, size: SVG.Style.label.size) }.max() ?? 0) + 8
        let every = max(1, Int((labelWidth / slot).rounded(.up)))
        for (index, bar) in bars.enumerated() {
            let middle = left + slot * (Double(index) + 0.5)
            lines.append(draw(bar, middle: middle, slot: slot, base: base, scale: scale))
            if index % every == 0 {
                lines.append(
                    SVG.text(
                        bar.label, at: (middle, base + 18), .label, upTo: 2 * min(middle, ChartSheet.width - middle) - 8
                    ))
            }
        }
        return lines + [SVG.text(axis, at: ((left + right) / 2, base + 40), .label, upTo: right - left)]
    }

    private func draw(_ bar: Bar, middle: Double, slot: Double, base: Double, scale: Double) -> String {
        guard let value = bar.value else {
            return SVG.titled("\(bar.label): no record", [SVG.text("×", at: (middle, base - 4), .label)])
        }
        // Without a maximum width, a few bars would fill the whole chart.
        let width = min(slot * 0.7, 48)
        let height = value / scale * Self.plotHeight
        return SVG.bar(
            x: middle - width / 2, y: base - height, width: width, height: height, isPale: bar.isUnfinished,
            titled: "\(bar.label): \(bar.written ?? "\(SVG.number(value)) \(unit)")"
                + (bar.isUnfinished ? ", not finished" : ""))
    }
}
