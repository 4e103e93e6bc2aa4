/// Charts stacked vertically in one picture.
public struct ChartSheet: Sendable {
    /// The width of every sheet, in user units.
    public static let width = 760.0

    /// Above the first chart.
    public let title: String
    /// From top to bottom.
    public let charts: [any Chart]

    public init(title: String, charts: [any Chart]) {
        self.title = title
        self.charts = charts
    }

    /// The picture: a complete SVG 1.1 document.
    public var svg: String {
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
