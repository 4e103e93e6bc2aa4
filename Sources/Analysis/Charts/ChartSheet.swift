/// Charts stacked vertically in one picture.
public struct ChartSheet: Sendable {
    /// The width of every sheet, in user units.
    public static let width = 760.0
    /// Empty at the sheet's edges.
    static let margin = 16.0

    /// Above the first chart, and the picture's title for programs that read it aloud.
    public let title: String
    /// Below the title: what holds for all charts.
    public let details: [String]
    /// From top to bottom.
    public let charts: [any Chart]

    /// - Parameters:
    ///   - title: what the picture shows, and whose it is.
    ///   - details: what holds for all charts, each from a new line on.
    ///   - charts: from top to bottom.
    public init(title: String, details: [String] = [], charts: [any Chart]) {
        self.title = title
        self.details = details
        self.charts = charts
    }

    /// The picture: a complete SVG 1.1 document, with a title and a description in words.
    public var svg: String {
        let heading = ChartHeading(title, .head, details: details, left: Self.margin)
        let height = charts.reduce(heading.height + 8) { $0 + $1.height } + 12
        let (width, tall) = (SVG.number(Self.width), SVG.number(height))
        let words = (details + charts.map(\.summary)).map(\.sentence).joined(separator: " ")
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(tall)\" "
                + "viewBox=\"0 0 \(width) \(tall)\" font-family=\"sans-serif\">",
            SVG.element("title", title), SVG.element("desc", words),
            "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
        ]
        lines += heading.svg(top: 0)
        var top = heading.height + 8
        for chart in charts {
            lines += chart.svg(top: top)
            top += chart.height
        }
        return (lines + ["</svg>", ""]).joined(separator: "\n")
    }
}
