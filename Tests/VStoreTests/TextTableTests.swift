import Testing

@testable import vstore

@Suite("Tables of text") struct TextTableTests {
    @Test func `amounts have their decimal points below each other, and headers end with them`() {
        var table = TextTable(["MONTH", "USE kWh", "SPENT EUR", "NOTE"], numbers: [1, 2])
        table.add(["2026-01", "301.5", "90.45", "a"])
        table.add(["2026-02", "1200", "1234.567891", ""])
        table.add(["2026-03", "0.25", "0.00", "b"])
        #expect(
            table.lines == [
                "MONTH    USE kWh    SPENT EUR  NOTE",
                "2026-01   301.5     90.45      a",
                "2026-02  1200     1234.567891",
                "2026-03     0.25     0.00      b",
            ])
    }

    @Test func `fields narrower than their header end with it`() {
        var table = TextTable(["", "WOULD COST EUR"], numbers: [1])
        table.add(["a", "1.50"])
        table.add(["b", "12.00"])
        table.add(["c", "too much"])
        #expect(table.lines.map(\.count).max() == "a  WOULD COST EUR".count)
        let points = table.lines.compactMap { line in
            line.firstIndex(of: ".").map { line.distance(from: line.startIndex, to: $0) }
        }
        #expect(points.count == 2 && Set(points).count == 1)
        var empty = TextTable(["A", "B"], numbers: [1])
        #expect(empty.lines == ["A  B"])
        empty.add(["x"])
        #expect(empty.lines == ["A  B", "x"])
    }
}
