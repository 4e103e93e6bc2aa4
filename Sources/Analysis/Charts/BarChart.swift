/// A bar chart with labels, and an axis with round numbers.
public struct BarChart: Chart {
    /// One bar.
    public struct Bar: Sendable, Hashable {
        /// Below the bar.
        public let label: String
        /// In the chart's unit; 0 or above.
        public let value: Double

        public init(_ label: String, _ value: Double) {
            self.label = label
            self.value = value
        }
    }

    /// Above the chart.
    public let title: String
    /// The unit of the bars' values.
    public let unit: String
    /// The meaning of the labels.
    public let axis: String
    /// From left to right.
    public let bars: [Bar]

    public let height = 260.0
    private static let margins = (left: 76.0, right: 16.0, top: 40.0, bottom: 52.0)

    /// - Parameters:
    ///   - title: above the chart.
    ///   - unit: of the bars' values.
    ///   - axis: the meaning of the labels.
    ///   - bars: from left to right.
    public init(title: String, unit: String, axis: String, bars: [Bar]) {
        self.title = title
        self.unit = unit
        self.axis = axis
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

    public func svg(top: Double) -> [String] {
        let (margins, plotWidth) = (Self.margins, ChartSheet.width - Self.margins.left - Self.margins.right)
        let plotHeight = height - margins.top - margins.bottom
        let highest = bars.map(\.value).max() ?? 0
        let step = Self.step(upTo: highest)
        let scale = max(1, (highest / step).rounded(.up)) * step
        let base = top + margins.top + plotHeight
        var lines = [SVG.text(title, at: (margins.left, top + 24), .title)]
        for tick in 0...Int((scale / step).rounded()) {
            let value = Double(tick) * step
            let y = base - value / scale * plotHeight
            lines.append(
                SVG.line((margins.left, y), (margins.left + plotWidth, y), isAxis: tick == 0))
            lines.append(SVG.text(SVG.number(value), at: (margins.left - 8, y + 4), .value))
        }
        lines.append(SVG.text(unit, at: (18, top + margins.top + plotHeight / 2), .upright))
        let slot = plotWidth / Double(max(1, bars.count))
        // A letter is about 7 units wide; if labels would touch, some are omitted.
        let labelWidth = Double(bars.map(\.label.count).max() ?? 0) * 7 + 8
        let every = max(1, Int((labelWidth / slot).rounded(.up)))
        // Without a maximum width, a few bars would fill the whole chart.
        let width = min(slot * 0.7, 48)
        for (index, bar) in bars.enumerated() {
            let barHeight = bar.value / scale * plotHeight
            let x = margins.left + slot * Double(index)
            lines.append(
                SVG.bar(x: x + (slot - width) / 2, y: base - barHeight, width: width, height: barHeight)
                    .titled("\(bar.label): \(SVG.number(bar.value)) \(unit)"))
            if index % every == 0 {
                lines.append(SVG.text(bar.label, at: (x + slot / 2, base + 18), .label))
            }
        }
        lines.append(SVG.text(axis, at: (margins.left + plotWidth / 2, base + 40), .label))
        return lines
    }
}
