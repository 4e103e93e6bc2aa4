import Testing

@testable import Analysis

@Suite("Charts of errors") struct ErrorChartTests {
    private static let accuracyClass = "class 0.2 S of IEC 62053-22"

    private func chart(_ curves: [(name: String, errors: [Double])], limit: Double? = 0.2) -> ErrorChart {
        ErrorChart(
            title: "Errors of a meter", accuracyClass: Self.accuracyClass, nominalCurrent: 50,
            points: curves.flatMap { name, errors in
                zip([1.0, 10, 100], errors).map { (name, ErrorChart.Point(current: $0, error: $1, limit: limit)) }
            })
    }

    private func elements(_ chart: ErrorChart) throws -> SVGElements {
        try SVGElements(ChartSheet(title: "Errors", charts: [chart]).svg)
    }

    @Test func `a limit reaches to where the next one begins`() {
        let curve = ErrorChart.Curve(
            name: "1", colour: "#000000", mark: .circle,
            points: [
                .init(current: 1, error: 0.1, limit: 0.4), .init(current: 5, error: 0.1, limit: 0.2),
                .init(current: 100, error: 0, limit: 0.2), .init(current: 120, error: 0),
            ])
        #expect(
            curve.limits == [
                LimitBand(from: 1, to: 5, limit: 0.4), LimitBand(from: 5, to: 100, limit: 0.2),
            ])
    }

    @Test func `points of the same name are one curve, each curve with its own colour and mark`() {
        let curves = chart([("one", [0.1, 0.1, 0.1]), ("half", [0.1, 0.1, 0.1])]).curves
        #expect(curves.map(\.name) == ["one", "half"])
        #expect(curves.map(\.mark) == [.circle, .square])
        #expect(Set(curves.map(\.colour)).count == 2)
        #expect(curves.allSatisfy { $0.points.map(\.current) == [1, 10, 100] })
    }

    @Test func `curves have marks at their points, and share equal limits`() throws {
        let elements = try elements(chart([("one", [-0.1, 0, 0.1]), ("half", [-0.1, 0, 0.1])]))
        // One mark per point, and one in the legend.
        #expect(elements.named("circle").count == 4)
        #expect(elements.named("rect").count == 1 + 4)
        // Both curves, both sides of the shared limit, and their three lines in the legend.
        #expect(elements.named("polyline").count == 7)
        #expect(elements.named("title").contains { $0.text == "one, 1 %: error -0.1 %" })
        let heights = elements.named("circle").dropFirst().map { $0.number("cy") }
        // In SVG, y increases downwards: the negative error has the larger y.
        #expect(try #require(heights.first) > #require(heights.last))
    }

    @Test func `the chart names class, standard, units and the values of limits`() throws {
        let elements = try elements(chart([("one", [0.1, 0, 0.1])]))
        for text in [
            "limits: \(Self.accuracyClass)", "error in %", "current in % of the nominal 50 A", "limit +0.2 %",
            "limit -0.2 %", "limit: ±0.2 % from 1 %", "one: 0 to +0.1 %",
        ] {
            #expect(elements.texts.contains(text), "\(text)")
        }
        let description = try #require(elements.named("desc").first?.text)
        #expect(description.contains(Self.accuracyClass) && description.contains("one: 0 to +0.1 %"))
        elements.expectReadable()
    }

    @Test(arguments: 2...7) func `curves that coincide differ in width or dashes, and in mark or size`(count: Int)
        throws
    {
        let names = (1...count).map { "curve \($0)" }
        let chart = chart(names.map { ($0, [0.01, 0.01, 0.01]) })
        let elements = try elements(chart)
        let lines = elements.named("polyline").filter { $0.number("stroke-width") != 1.2 }
        // Those of the legend are first, then those of the plot, in the same looks.
        try #require(lines.count == 2 * count)
        #expect(chart.coincidences == ["all \(count) curves coincide within 0.001 %"])
        elements.expectReadable()
        func look(_ line: SVGElements.Element) -> String {
            "\(line.attributes["stroke-width"] ?? "") \(line.attributes["stroke-dasharray"] ?? "whole")"
        }
        #expect(lines.prefix(count).map(look) == lines.suffix(count).map(look))
        #expect(Set(lines.suffix(count).map(look)).count == count)
        // They are at the same place, so that only the looks tell them apart; none covers one that is drawn before it.
        let places = Set(lines.suffix(count).map { $0.attributes["points"] ?? "" })
        #expect(places.count == 1)
        let widths = lines.suffix(count).map { $0.number("stroke-width") }
        #expect(zip(widths, widths.dropFirst()).allSatisfy { $0 >= $1 })
        let marks = chart.curves.indices.map { "\(chart.curves[$0].mark) \(chart.mark($0).radius)" }
        #expect(Set(marks).count == count)
        #expect(chart.curves.indices.dropLast().allSatisfy { !chart.mark($0).isFilled })
    }

    @Test func `it is said which curves coincide, and only of those`() throws {
        let apart = chart([("one", [0.1, 0.1, 0.1]), ("half", [-0.1, 0.1, 0.1])])
        #expect(apart.coincidences.isEmpty)
        let close = chart([("one", [0.001, 0, 0]), ("far", [0.15, 0, 0]), ("half", [0, 0.0025, 0])])
        #expect(close.coincidences == ["2 curves coincide within 0.003 %: one; half"])
        let elements = try elements(close)
        #expect(elements.texts.contains(close.coincidences[0]))
        #expect(try #require(elements.named("desc").first).text.contains(close.coincidences[0]))
        elements.expectReadable()
    }

    @Test func `the values of limits are readable where the limits are close together`() throws {
        let points = [("one", 1.0, 0.2), ("one", 100, 0.2), ("half", 1, 0.3), ("half", 100, 0.3)].map {
            (curve: $0.0, point: ErrorChart.Point(current: $0.1, error: 40, limit: $0.2))
        }
        let chart = ErrorChart(title: "Errors", accuracyClass: Self.accuracyClass, points: points)
        let elements = try elements(chart)
        let labels = elements.named("text").filter { $0.text.hasPrefix("limit +") || $0.text.hasPrefix("limit -") }
        #expect(labels.map(\.text) == ["limit +0.3 %", "limit +0.2 %", "limit -0.2 %", "limit -0.3 %"])
        let places = labels.map { $0.number("y") }
        #expect(zip(places, places.dropFirst()).allSatisfy { $1 - $0 >= 12 }, "\(places)")
        elements.expectReadable()
    }

    @Test func `a chart without curves is a picture too`() throws {
        #expect(try elements(chart([])).texts.contains("limits: \(Self.accuracyClass)"))
    }
}
