internal import ValueProtocol

/// A line of a meter's display.
///
/// A number is shown whole or in a shorter form, never with digits cut off; a text that is too long ends in a full stop.
enum DisplayLine {
    static let width = 16

    /// Left-aligned and right-aligned text.
    static func of(_ left: String, _ right: String) -> String { of(left, forms: [right]) }

    /// Left-aligned text and a right-aligned number, in the first of its forms that fits beside the text, else in the
    /// first that fits alone; asterisks if none does.
    static func of(_ left: String, forms: [String]) -> String {
        let gap = left.isEmpty ? 0 : 1
        let right =
            forms.first { left.count + gap + $0.count <= width } ?? forms.first { $0.count <= width }
            ?? String(repeating: "*", count: width)
        let room = right.isEmpty ? width : max(0, width - right.count - 1)
        let shown = left.count <= room ? left : room < 2 ? "" : left.prefix(room - 1) + "."
        return shown + String(repeating: " ", count: width - shown.count - right.count) + right
    }

    /// Forms of a number of thousandths: with `digits` decimals and fewer, then in thousands and in millions, all rounded
    /// towards zero, each with `unit`.
    static func forms(thousandths value: Int64, digits: Int = 3, unit: String = "") -> [String] {
        let (sign, whole) = (value < 0 ? "-" : "", value.magnitude / 1_000)
        let decimals = stride(from: digits, through: 1, by: -1).map { count in
            "\(sign)\(whole).\(String(1_000 + value.magnitude % 1_000).dropFirst().prefix(count))\(unit)"
        }
        return decimals + [
            "\(sign)\(whole)\(unit)", "\(sign)\(whole / 1_000)k\(unit)", "\(sign)\(whole / 1_000_000)M\(unit)",
        ]
    }

    /// Forms of an amount: as it is described, if `isExact`, then with two decimals and fewer, rounded down.
    static func forms(_ amount: Amount, isExact: Bool = false) -> [String] {
        let rounded = forms(thousandths: Int64(amount.rawValue / 1_000), digits: 2)
        // One decimal of a currency reads like another amount.
        return (isExact ? ["\(amount)"] : []) + [rounded[0]] + rounded.dropFirst(2)
    }
}
