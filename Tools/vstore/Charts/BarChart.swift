/// Bars over labels, with an axis in round numbers, as SVG 1.1.
struct BarChart: Chart {
    /// Above the chart.
    let title: String
    /// What the height is in.
    let unit: String
    /// What the labels below are.
    let axis: String
    let bars: [(label: String, value: Double)]

    let height = 260.0
    private static let margins = (left: 76.0, right: 16.0, top: 40.0, bottom: 52.0)

    /// A number of 1, 2 or 5 and zeros, so that `most` is within five steps of it.
    static func step(for most: Double) -> Double {
        guard most > 0 else { return 1 }
        var size = 1.0
        while size * 10 <= most { size *= 10 }
        while size > most { size /= 10 }
        let steps = [0.2, 0.5, 1, 2, 5, 10].map { $0 * size }
        return steps.first { $0 * 5 >= most } ?? size * 10
    }

    /// The chart's elements, `top` from the picture's upper edge.
    func svg(top: Double) -> [String] {
        let (margins, plotWidth) = (Self.margins, ChartSheet.width - Self.margins.left - Self.margins.right)
        let plotHeight = height - margins.top - margins.bottom
        let most = bars.map(\.value).max() ?? 0
        let step = Self.step(for: most)
        let scale = max(1, (most / step).rounded(.up)) * step
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
        // A letter is about 7 wide; where labels would touch, some are left out.
        let room = Double(bars.map(\.label.count).max() ?? 0) * 7 + 8
        let every = max(1, Int((room / slot).rounded(.up)))
        // A few bars are no walls.
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
