/// A legend: signs with their meanings, from left to right, in as many lines as they need.
struct ChartKey {
    struct Entry {
        let text: String
        /// Of the sign; 0 without one.
        let width: Double
        /// Draws the sign, from its left edge and at the height of its middle.
        let sign: (_ left: Double, _ middle: Double) -> [String]

        var textLeft: Double { width == 0 ? 0 : width + 6 }
    }

    static let lineHeight = 19.0
    private static let right = ChartSheet.width - ChartSheet.margin
    private var places: [(entry: Entry, left: Double, line: Int, texts: [String])] = []
    private var lineCount = 0

    init(_ entries: [Entry], left: Double) {
        var x = left
        for entry in entries {
            let width = entry.textLeft + TextMetrics.width(entry.text, size: SVG.Style.key.size)
            if lineCount == 0 || x + width > Self.right {
                lineCount += 1
                x = left
            }
            let texts = TextMetrics.lines(
                entry.text, size: SVG.Style.key.size, upTo: Self.right - x - entry.textLeft)
            places.append((entry, x, lineCount - 1, texts))
            // What follows a text of several lines begins below it.
            lineCount += max(0, texts.count - 1)
            x = texts.count > 1 ? Self.right : x + width + 18
        }
    }

    var height: Double { lineCount == 0 ? 0 : Double(lineCount) * Self.lineHeight + 4 }

    func svg(top: Double) -> [String] {
        places.flatMap { entry, left, line, texts in
            func middle(_ index: Int) -> Double { top + (Double(line + index) + 0.5) * Self.lineHeight }
            return entry.sign(left, middle(0))
                + texts.enumerated().map { index, text in
                    SVG.text(text, at: (left + entry.textLeft, middle(index) + 4), .key)
                }
        }
    }
}
