/// A chart as elements of SVG 1.1, as wide as a ``ChartSheet``.
public protocol Chart: Sendable {
    /// In user units of the sheet.
    var height: Double { get }

    /// The chart in words, for those who do not see it: one sentence or more.
    var summary: String { get }

    /// The chart's elements, in drawing order.
    ///
    /// - Parameter top: distance of the chart from the sheet's upper edge.
    func svg(top: Double) -> [String]
}

/// The shape of a curve's points, so that curves are distinguishable without colour.
public enum ChartMark: Sendable, Hashable, CaseIterable {
    case circle, square, triangle, diamond, cross
}

extension String {
    /// Ended as a sentence.
    var sentence: String { hasSuffix(".") ? self : self + "." }
}
