/// Bars over labels, with an axis in round numbers, as SVG 1.1.
struct BarChart {
    /// Above the chart.
    let title: String
    /// What the height is in.
    let unit: String
    /// What the labels below are.
    let axis: String
    let bars: [(label: String, value: Double)]

    static let width = 760.0
    static let height = 260.0
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
        let (margins, plotWidth) = (Self.margins, Self.width - Self.margins.left - Self.margins.right)
        let plotHeight = Self.height - margins.top - margins.bottom
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
        // A label wants about 44 units; between them some are left out.
        let every = max(1, Int((44 / slot).rounded(.up)))
        for (index, bar) in bars.enumerated() {
            let height = bar.value / scale * plotHeight
            let x = margins.left + slot * Double(index)
            lines.append(
                SVG.bar(x: x + slot * 0.15, y: base - height, width: slot * 0.7, height: height)
                    .titled("\(bar.label): \(SVG.number(bar.value)) \(unit)"))
            if index % every == 0 {
                lines.append(SVG.text(bar.label, at: (x + slot / 2, base + 18), .label))
            }
        }
        lines.append(SVG.text(axis, at: (margins.left + plotWidth / 2, base + 40), .label))
        return lines
    }
}

/// Charts one below the other.
struct ChartSheet {
    let title: String
    let charts: [BarChart]

    var svg: String {
        let head = 44.0
        let height = head + BarChart.height * Double(charts.count) + 12
        let size = "\(SVG.number(BarChart.width)) \(SVG.number(height))"
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(size)\" font-family=\"sans-serif\">",
            "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>", SVG.text(title, at: (16, 28), .head),
        ]
        for (index, chart) in charts.enumerated() {
            lines += chart.svg(top: head + Double(index) * BarChart.height)
        }
        return (lines + ["</svg>", ""]).joined(separator: "\n")
    }
}
