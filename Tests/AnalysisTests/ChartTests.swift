import Testing

@testable import Analysis

@Suite("Charts") struct ChartTests {
    @Test(arguments: [(0.0, 1.0), (0.04, 0.01), (1, 0.2), (3, 1), (7, 2), (24, 5), (99, 20), (1000, 200)])
    func `the axis has at most five steps of 1, 2 or 5`(_ max: Double, _ expected: Double) {
        let step = BarChart.step(upTo: max)
        #expect(abs(step - expected) < 1e-12)
        #expect(step * 5 >= max)
    }

    @Test func `bars are as high as their values, and titles are escaped`() throws {
        let chart = BarChart(
            title: "<Gas & heat>", quantity: "volume", unit: "m3", axis: "day",
            bars: [.init("1", 10), .init("2", 5), .init("3", 0)])
        let sheet = ChartSheet(title: "Meter", charts: [chart, chart])
        let elements = try SVGElements(sheet.svg)
        // The background, then three bars per chart.
        let heights = elements.named("rect").dropFirst().map { $0.number("height") }
        try #require(heights.count == 6)
        #expect(heights[0] == 2 * heights[1])
        #expect(heights[2] == 0)
        #expect(elements.texts.count { $0 == "<Gas & heat>" } == 2)
        #expect(elements.named("title").contains { $0.text == "2: 5 m3" })
    }

    @Test func `a chart tells its title, details, quantity, unit and axis, in words too`() throws {
        let chart = BarChart(
            title: "Use per day, water meter 00A1B2C3-03-000001", details: ["2026-01-01 to 2026-01-02, UTC+01:00"],
            quantity: "volume", unit: "m3", axis: "day", bars: [.init("01-01", 3), .init("01-02", 4.5)])
        let sheet = ChartSheet(title: "Use", details: ["Of one meter."], charts: [chart])
        let elements = try SVGElements(sheet.svg)
        for text in ["Use", "Of one meter.", "volume in m3", "day", chart.title, chart.details[0]] {
            #expect(elements.texts.contains(text), "\(text)")
        }
        // The first children of the picture are its title and its description.
        try #require(elements.all.count > 3)
        #expect(elements.all[1].name == "title" && elements.all[1].text == "Use")
        #expect(elements.all[2].name == "desc")
        for text in ["Of one meter", chart.title, chart.details[0], "from 3 to 4.5 m3"] {
            #expect(elements.all[2].text.contains(text), "\(text)")
        }
        elements.expectReadable()
    }

    @Test func `a bar without a record is a cross, and an unfinished one is pale`() throws {
        let chart = BarChart(
            title: "Use", quantity: "energy", unit: "kWh", axis: "day",
            bars: [.init("01", 2), .init("02", nil), .init("03", 1, isUnfinished: true)])
        let elements = try SVGElements(ChartSheet(title: "", charts: [chart]).svg)
        let tooltips = elements.named("title").map(\.text)
        #expect(tooltips.contains("02: no record"))
        #expect(tooltips.contains("03: 1 kWh, not finished"))
        // One in the place of the bar, and one in the legend.
        #expect(elements.texts.count { $0 == "×" } == 2)
        #expect(elements.texts.contains("no record: 1 of 3"))
        #expect(elements.texts.contains("pale: 03, not finished when it was read"))
        #expect(elements.named("rect").count { $0.attributes["fill-opacity"] != nil } == 2)
        elements.expectReadable()
    }

    @Test func `a chart without bars is a picture too`() throws {
        let sheet = ChartSheet(title: "", charts: [BarChart(title: "", quantity: "", unit: "", axis: "", bars: [])])
        let elements = try SVGElements(sheet.svg)
        #expect(elements.named("rect").count == 1)
        #expect(elements.texts.contains("no record"))
    }

    @Test func `long words and large numbers stay in their places`() throws {
        let word = String(repeating: "00A1B2C3-01-000077/", count: 12)
        let chart = BarChart(
            title: "Use of \(word) in a place with a name of many words, which are on several lines then",
            details: [word, "from then to then"], quantity: "energy of \(word)", unit: "kWh", axis: word, decimals: 2,
            bars: [.init(word, 123_456_789), .init("b", 1)])
        let elements = try SVGElements(ChartSheet(title: word, details: [word], charts: [chart]).svg)
        elements.expectReadable()
        #expect(elements.texts.contains("150000000.00"))
        // Titles are on several lines; the labels and titles of axes are cut, and whole in the description.
        #expect(elements.texts.contains { $0.hasSuffix("words, which are on several lines then") })
        #expect(elements.texts.count { $0.hasSuffix("…") } == 3)
        #expect(try #require(elements.named("desc").first).text.contains("energy of \(word) in kWh by \(word)"))
    }

    @Test func `the numbers of an axis have the same decimals`() throws {
        func numbers(_ value: Double, decimals: Int) throws -> [String] {
            let chart = BarChart(
                title: "", quantity: "q", unit: "u", axis: "a", decimals: decimals, bars: [.init("x", value)])
            let elements = try SVGElements(ChartSheet(title: "", charts: [chart]).svg)
            return elements.named("text").filter { $0.attributes["text-anchor"] == "end" }.map(\.text)
        }
        #expect(try numbers(1, decimals: 0) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
        #expect(try numbers(5, decimals: 0) == ["0", "1", "2", "3", "4", "5"])
        #expect(try numbers(5, decimals: 2).last == "5.00")
    }

    @Test func `control characters do not break a picture`() throws {
        let chart = BarChart(title: "a\u{1}b\nc", quantity: "", unit: "", axis: "", bars: [])
        #expect(try SVGElements(ChartSheet(title: "\u{1B}[0m", charts: [chart]).svg).texts.contains("a\u{FFFD}b c"))
    }

    @Test(arguments: [(0.0, "0"), (1, "1"), (-0.0001, "0"), (-0.5, "-0.5"), (12.3456, "12.346"), (100.1, "100.1")])
    func `numbers have at most three decimals`(_ number: Double, _ text: String) {
        #expect(SVG.number(number) == text)
    }
}
