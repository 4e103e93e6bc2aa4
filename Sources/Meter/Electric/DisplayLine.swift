/// A line of a meter's display.
enum DisplayLine {
    static let width = 16

    /// Left-aligned and right-aligned text; the right one is never truncated.
    static func of(_ left: String, _ right: String) -> String {
        let right = String(right.suffix(width))
        let left = String(left.prefix(width - right.count))
        return left + String(repeating: " ", count: width - left.count - right.count) + right
    }
}
