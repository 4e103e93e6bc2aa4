import Foundation
import Testing

@testable import Analysis

#if canImport(FoundationXML)
import FoundationXML
#endif

@Suite("Charts") struct ChartTests {
    /// The elements of a chart, by name, as read by an XML parser.
    private final class Elements: NSObject, XMLParserDelegate {
        var attributes: [String: [[String: String]]] = [:]
        var texts: [String] = []
        private var text = ""

        init(_ svg: String) throws {
            super.init()
            let parser = XMLParser(data: Data(svg.utf8))
            parser.delegate = self
            try #require(parser.parse(), "the picture is not well-formed XML")
        }

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes found: [String: String]
        ) {
            attributes[name, default: []].append(found)
            text = ""
        }

        func parser(_ parser: XMLParser, foundCharacters characters: String) { text += characters }

        func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
            if name == "text" || name == "title" { texts.append(text) }
        }
    }

    @Test(arguments: [(0.0, 1.0), (0.04, 0.01), (1, 0.2), (3, 1), (7, 2), (24, 5), (99, 20), (1000, 200)])
    func `the axis has at most five steps of 1, 2 or 5`(_ max: Double, _ expected: Double) {
        let step = BarChart.step(upTo: max)
        #expect(abs(step - expected) < 1e-12)
        #expect(step * 5 >= max)
    }

    @Test func `bars are as high as their values, and titles are escaped`() throws {
        let chart = BarChart(
            title: "<Gas & heat>", unit: "m3", axis: "day", bars: [.init("1", 10), .init("2", 5), .init("3", 0)])
        let sheet = ChartSheet(title: "Meter", charts: [chart, chart])
        let elements = try Elements(sheet.svg)
        // The background, then three bars per chart.
        let heights = try #require(elements.attributes["rect"]).dropFirst().map { Double($0["height"] ?? "") ?? .nan }
        #expect(heights.count == 6)
        #expect(heights[0] == 2 * heights[1])
        #expect(heights[2] == 0)
        #expect(elements.texts.count { $0 == "<Gas & heat>" } == 2)
        #expect(elements.texts.contains("2: 5 m3"))
    }

    @Test func `a chart without bars is a picture too`() throws {
        let sheet = ChartSheet(title: "", charts: [BarChart(title: "", unit: "", axis: "", bars: [])])
        #expect(try Elements(sheet.svg).attributes["rect"]?.count == 1)
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
        let points = [1.0, 5, 100].flatMap { current in
            ["one", "half"].map { ($0, ErrorChart.Point(current: current, error: 0.1)) }
        }
        let curves = ErrorChart(title: "Errors", points: points.map { (curve: $0.0, point: $0.1) }).curves
        #expect(curves.map(\.name) == ["one", "half"])
        #expect(curves.map(\.mark) == [.circle, .square])
        #expect(Set(curves.map(\.colour)).count == 2)
        #expect(curves.allSatisfy { $0.points.map(\.current) == [1, 5, 100] })
    }

    @Test func `curves have marks at their points, and share equal limits`() throws {
        let points = [
            ErrorChart.Point(current: 1, error: -0.1, limit: 0.4), .init(current: 100, error: 0.1, limit: 0.4),
        ]
        let curves = [
            ErrorChart.Curve(name: "one", colour: "#2f6fb0", mark: .circle, points: points),
            ErrorChart.Curve(name: "half", colour: "#c2410c", mark: .square, points: points),
        ]
        let chart = ErrorChart(title: "Errors", curves: curves)
        let elements = try Elements(ChartSheet(title: "", charts: [chart]).svg)
        // One mark per point, and one in the legend.
        #expect(elements.attributes["circle"]?.count == 3)
        #expect(elements.attributes["rect"]?.count == 1 + 3)
        // Both sides of the shared limit, its legend, and the two curves.
        #expect(elements.attributes["polyline"]?.count == 5)
        #expect(elements.texts.contains("one, 1 %: error -0.1 %"))
        let heights = try #require(elements.attributes["circle"]).compactMap { Double($0["cy"] ?? "") }
        // In SVG, y increases downwards: the negative error has the larger y.
        #expect(heights[0] > heights[1])
    }

    @Test(arguments: [(0.0, "0"), (1, "1"), (-0.0001, "0"), (-0.5, "-0.5"), (12.3456, "12.346"), (100.1, "100.1")])
    func `numbers have at most three decimals`(_ number: Double, _ text: String) {
        #expect(SVG.number(number) == text)
    }
}
