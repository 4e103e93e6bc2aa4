/// The SVG 1.1 elements (W3C Recommendation, second edition) used in charts.
package enum SVG {
    enum Style {
        case head, title, detail, value, label, upright, key

        var size: Double {
            switch self {
            case .head: 18
            case .title: 14
            default: 12
            }
        }

        var isBold: Bool { self == .head || self == .title }

        /// Of lines below each other.
        var lineHeight: Double { size + 5 }

        var attributes: String {
            let anchor =
                switch self {
                case .value: " text-anchor=\"end\""
                case .label, .upright: " text-anchor=\"middle\""
                default: ""
                }
            return "font-size=\"\(number(size))\"\(anchor)"
                + (isBold ? " font-weight=\"bold\" fill=\"#1f2933\"" : " fill=\"#52606d\"")
        }
    }

    /// A text on one line.
    ///
    /// - Parameters:
    ///   - text: without markup.
    ///   - point: the anchor, on the base line.
    ///   - style: of the font.
    ///   - width: of its place; a wider text is cut.
    static func text(
        _ text: String, at point: (x: Double, y: Double), _ style: Style, upTo width: Double = .infinity
    ) -> String {
        let (x, y) = (number(point.x), number(point.y))
        let turn = style == .upright ? " transform=\"rotate(-90 \(x) \(y))\"" : ""
        let fitting = TextMetrics.cut(text, size: style.size, isBold: style.isBold, upTo: width)
        return "<text x=\"\(x)\" y=\"\(y)\"\(turn) \(style.attributes)>\(escaped(fitting))</text>"
    }

    /// An element of text alone.
    static func element(_ name: String, _ text: String) -> String { "<\(name)>\(escaped(text))</\(name)>" }

    /// Elements with a tooltip.
    static func titled(_ text: String, _ elements: [String]) -> String {
        "<g>\(element("title", text))\(elements.joined())</g>"
    }

    static func line(_ from: (x: Double, y: Double), _ to: (x: Double, y: Double), isAxis: Bool) -> String {
        let colour = isAxis ? "#52606d" : "#e4e7eb"
        return "<line x1=\"\(number(from.x))\" y1=\"\(number(from.y))\" x2=\"\(number(to.x))\" y2=\"\(number(to.y))\" "
            + "stroke=\"\(colour)\"/>"
    }

    /// The look of a line.
    struct Stroke {
        let colour: String
        let width: Double
        /// Lengths of dashes and gaps in turn; none for a whole line.
        var dashes: [Double] = []
        var opacity = 1.0

        var attributes: String {
            let pattern = dashes.map(number).joined(separator: " ")
            return "fill=\"none\" stroke=\"\(colour)\" stroke-width=\"\(number(width))\""
                + (dashes.isEmpty ? "" : " stroke-dasharray=\"\(pattern)\"")
                + (opacity == 1 ? "" : " stroke-opacity=\"\(number(opacity))\"")
        }
    }

    static func path(_ points: [(x: Double, y: Double)], _ stroke: Stroke) -> String {
        let coordinates = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
        return "<polyline points=\"\(coordinates)\" \(stroke.attributes)/>"
    }

    /// A bar, filled, or pale with an edge.
    static func bar(x: Double, y: Double, width: Double, height: Double, isPale: Bool, titled text: String) -> String {
        "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" height=\"\(number(max(0, height)))\" "
            + "fill=\"#2f6fb0\"" + (isPale ? " fill-opacity=\"0.3\" stroke=\"#2f6fb0\" stroke-dasharray=\"3 2\"" : "")
            + ">\(element("title", text))</rect>"
    }

    /// `value` with at most three decimals, without trailing zeros.
    package static func number(_ value: Double) -> String {
        var text = number(value, decimals: 3)
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }

    /// `value` with as many decimals as told, 0 to 6.
    package static func number(_ value: Double, decimals: Int) -> String {
        var scale = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int((value * Double(scale)).rounded())
        var text = (scaled < 0 ? "-" : "") + String(abs(scaled) / scale)
        if decimals > 0 { text += "." + String(scale + abs(scaled) % scale).dropFirst() }
        return text
    }

    /// XML has no control characters.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\t", "\n": escaped += " "
            case "\u{FFFE}", "\u{FFFF}",
                _ where scalar.value < 0x20:
                escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
