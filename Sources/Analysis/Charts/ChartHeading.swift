/// A title and what belongs to it, in lines as wide as their place.
struct ChartHeading {
    private let lines: [(text: String, style: SVG.Style)]
    private let left: Double
    private let width: Double

    /// - Parameters:
    ///   - title: in as many lines as it needs.
    ///   - style: of the title.
    ///   - details: below it, each from a new line on.
    ///   - left: where the lines begin.
    init(_ title: String, _ style: SVG.Style, details: [String], left: Double) {
        self.left = left
        width = ChartSheet.width - ChartSheet.margin - left
        let width = width
        func lines(_ text: String, _ style: SVG.Style) -> [(text: String, style: SVG.Style)] {
            TextMetrics.lines(text, size: style.size, isBold: style.isBold, upTo: width).map { ($0, style) }
        }
        self.lines = lines(title, style) + details.flatMap { lines($0, .detail) }
    }

    /// Of all lines, with a distance above.
    var height: Double { lines.reduce(12) { $0 + $1.style.lineHeight } }

    /// - Parameter top: the upper edge.
    func svg(top: Double) -> [String] {
        var top = top + 12
        return lines.map { line in
            top += line.style.lineHeight
            return SVG.text(line.text, at: (left, top - 4), line.style)
        }
    }
}
