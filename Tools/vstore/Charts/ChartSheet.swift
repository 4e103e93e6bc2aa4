/// A chart as elements of SVG 1.1, as wide as a sheet.
protocol Chart: Sendable {
    var height: Double { get }
    /// The chart's elements, `top` from the picture's upper edge.
    func svg(top: Double) -> [String]
}

/// Charts one below the other.
struct ChartSheet {
    static let width = 760.0

    let title: String
    let charts: [any Chart]

    var svg: String {
        let head = 44.0
        let height = charts.reduce(head) { $0 + $1.height } + 12
        let size = "\(SVG.number(Self.width)) \(SVG.number(height))"
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(size)\" font-family=\"sans-serif\">",
            "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>", SVG.text(title, at: (16, 28), .head),
        ]
        var top = head
        for chart in charts {
            lines += chart.svg(top: top)
            top += chart.height
        }
        return (lines + ["</svg>", ""]).joined(separator: "\n")
    }
}
