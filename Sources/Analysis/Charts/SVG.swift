/// The SVG 1.1 elements (W3C Recommendation, second edition) used in charts.
package enum SVG {
    enum Style {
        case head, title, value, label, upright, key

        var attributes: String {
            switch self {
            case .head: "font-size=\"18\" font-weight=\"bold\" fill=\"#1f2933\""
            case .title: "font-size=\"14\" font-weight=\"bold\" fill=\"#1f2933\""
            case .value: "font-size=\"12\" text-anchor=\"end\" fill=\"#52606d\""
            case .key: "font-size=\"12\" fill=\"#52606d\""
            case .label, .upright: "font-size=\"12\" text-anchor=\"middle\" fill=\"#52606d\""
            }
        }
    }

    static func text(_ text: String, at point: (x: Double, y: Double), _ style: Style) -> String {
        let (x, y) = (number(point.x), number(point.y))
        let turn = style == .upright ? " transform=\"rotate(-90 \(x) \(y))\"" : ""
        return "<text x=\"\(x)\" y=\"\(y)\"\(turn) \(style.attributes)>\(escaped(text))</text>"
    }

    static func line(_ from: (x: Double, y: Double), _ to: (x: Double, y: Double), isAxis: Bool) -> String {
        let colour = isAxis ? "#52606d" : "#e4e7eb"
        return "<line x1=\"\(number(from.x))\" y1=\"\(number(from.y))\" x2=\"\(number(to.x))\" y2=\"\(number(to.y))\" "
            + "stroke=\"\(colour)\"/>"
    }

    /// A polyline; dashed for a limit.
    static func path(_ points: [(x: Double, y: Double)], colour: String, isDashed: Bool = false) -> String {
        let coordinates = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
        let dashes = isDashed ? " stroke-dasharray=\"6 4\" stroke-width=\"1.2\"" : " stroke-width=\"2\""
        return "<polyline points=\"\(coordinates)\" fill=\"none\" stroke=\"\(colour)\"\(dashes)/>"
    }

    /// A mark, with a tooltip.
    static func mark(_ form: ChartMark, at point: (x: Double, y: Double), colour: String, titled text: String) -> String
    {
        let (x, y) = point
        let shape =
            switch form {
            case .circle: "<circle cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"4\""
            case .square:
                "<rect x=\"\(number(x - 3.6))\" y=\"\(number(y - 3.6))\" width=\"7.2\" height=\"7.2\""
            case .triangle:
                "<polygon points=\"\(number(x)),\(number(y - 4.8)) \(number(x + 4.6)),\(number(y + 3.6)) "
                    + "\(number(x - 4.6)),\(number(y + 3.6))\""
            }
        let name = shape.prefix { $0 != " " }.dropFirst()
        return "\(shape) fill=\"\(colour)\"><title>\(escaped(text))</title></\(name)>"
    }

    /// The start of a rectangle, to be completed by `titled`.
    static func bar(x: Double, y: Double, width: Double, height: Double) -> Bar {
        Bar(
            start: "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" "
                + "height=\"\(number(max(0, height)))\" fill=\"#2f6fb0\">")
    }

    struct Bar {
        let start: String
        /// With a tooltip.
        func titled(_ text: String) -> String { "\(start)<title>\(escaped(text))</title></rect>" }
    }

    /// `value` with at most three decimals, without trailing zeros.
    package static func number(_ value: Double) -> String {
        let thousandths = Int((value * 1000).rounded())
        var text = String(abs(thousandths) / 1000)
        var fraction = String(abs(thousandths) % 1000)
        fraction = String(repeating: "0", count: 3 - fraction.count) + fraction
        while fraction.last == "0" { fraction.removeLast() }
        if !fraction.isEmpty { text += "." + fraction }
        return thousandths < 0 ? "-" + text : text
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
