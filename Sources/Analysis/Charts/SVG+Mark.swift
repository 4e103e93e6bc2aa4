extension SVG {
    /// The look of a curve's points.
    struct MarkStyle {
        let form: ChartMark
        let colour: String
        /// From the middle to the edge.
        let radius: Double
        /// One that is not filled shows what is below it.
        let isFilled: Bool
    }

    /// A mark, with a tooltip.
    static func mark(_ style: MarkStyle, at point: (x: Double, y: Double), titled text: String) -> String {
        let ((x, y), size) = (point, style.radius)
        func corners(_ points: [(Double, Double)]) -> String {
            points.map { "\(number(x + $0.0 * size)),\(number(y + $0.1 * size))" }.joined(separator: " ")
        }
        let shape =
            switch style.form {
            case .circle: "<circle cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"\(number(size))\""
            case .square:
                "<rect x=\"\(number(x - size * 0.9))\" y=\"\(number(y - size * 0.9))\" "
                    + "width=\"\(number(size * 1.8))\" height=\"\(number(size * 1.8))\""
            case .triangle: "<polygon points=\"\(corners([(0, -1.2), (1.15, 0.9), (-1.15, 0.9)]))\""
            case .diamond: "<polygon points=\"\(corners([(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)]))\""
            case .cross: "<path d=\"M\(corners([(-1, -1), (1, 1)])) M\(corners([(-1, 1), (1, -1)]))\""
            }
        let name = shape.prefix { $0 != " " }.dropFirst()
        // A fill without opacity keeps the tooltip over the whole mark.
        return "\(shape) fill=\"\(style.colour)\"\(style.isFilled ? "" : " fill-opacity=\"0\"") "
            + "stroke=\"\(style.colour)\" stroke-width=\"1.6\">\(element("title", text))</\(name)>"
    }
}
