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
    private var places: [(entry: Entry, left: Double, line: Int)] = []
    private(set) var lineCount = 0

    init(_ entries: [Entry], left: Double) {
        var x = left
        for entry in entries {
            let width = entry.textLeft + TextMetrics.width(entry.text, size: SVG.Style.key.size)
            if lineCount == 0 || x + width > ChartSheet.width - ChartSheet.margin {
                lineCount += 1
                x = left
            }
            places.append((entry, x, lineCount - 1))
            x += width + 18
        }
    }

    var height: Double { lineCount == 0 ? 0 : Double(lineCount) * Self.lineHeight + 4 }

    func svg(top: Double) -> [String] {
        places.flatMap { entry, left, line in
            let middle = top + (Double(line) + 0.5) * Self.lineHeight
            let textLeft = left + entry.textLeft
            return entry.sign(left, middle) + [
                SVG.text(
                    entry.text, at: (textLeft, middle + 4), .key,
                    upTo: ChartSheet.width - ChartSheet.margin - textLeft)
            ]
        }
    }
}
