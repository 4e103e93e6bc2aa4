/// Widths of text. The reader's program chooses the font: these are of DejaVu Sans, the widest of the usual ones, so that
/// text that fits by them fits in the others too.
enum TextMetrics {
    /// The width of a line, in the unit of `size`.
    ///
    /// - Parameters:
    ///   - text: one line.
    ///   - size: of the font.
    ///   - isBold: of the font.
    static func width(_ text: String, size: Double, isBold: Bool = false) -> Double {
        text.reduce(0) { $0 + ems($1) } * size * (isBold ? 1.15 : 1)
    }

    private static func ems(_ character: Character) -> Double {
        switch character {
        case "i", "j", "l", "'", "|": 0.29
        case " ", ".", ",", ":", ";", "f", "r", "t", "-", "(", ")", "/": 0.41
        case "m", "w", "M", "W", "%", "@", "±", "+", "×", "<", ">", "=": 0.99
        case "A"..."Z": 0.78
        case _ where character.isASCII: 0.64
        default: 1.1
        }
    }

    /// Breaks a text into lines that are not wider than `width`: between words, and within a word that is wider.
    static func lines(_ text: String, size: Double, isBold: Bool = false, upTo width: Double) -> [String] {
        var lines: [String] = []
        for word in text.split(separator: " ") {
            if let last = lines.last, TextMetrics.width("\(last) \(word)", size: size, isBold: isBold) <= width {
                lines[lines.count - 1] = "\(last) \(word)"
                continue
            }
            var line = ""
            for character in word {
                if !line.isEmpty, TextMetrics.width("\(line)\(character)", size: size, isBold: isBold) > width {
                    lines.append(line)
                    line = ""
                }
                line.append(character)
            }
            lines.append(line)
        }
        return lines
    }

    /// A text not wider than `width`; one that is wider ends with `…`.
    static func cut(_ text: String, size: Double, isBold: Bool = false, upTo width: Double) -> String {
        guard TextMetrics.width(text, size: size, isBold: isBold) > width else { return text }
        var start = text
        while !start.isEmpty, TextMetrics.width(start + "…", size: size, isBold: isBold) > width { start.removeLast() }
        return start + "…"
    }
}
