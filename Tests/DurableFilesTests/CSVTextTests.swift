import DurableFiles
import Testing

@Suite struct CSVTextTests {
    @Test func `quotes commas and line ends as in the standard`() throws {
        let text = "\u{FEFF}a,\"b \"\"c\"\", d\",\r\n\r\n\"two\r\nlines\",é,x\n,,"
        let rows = try CSVText(text).rows
        #expect(rows.map { $0.map(\.text) } == [["a", "b \"c\", d", ""], ["two\r\nlines", "é", "x"], ["", "", ""]])
        #expect(rows[1][1].line == 4)
        #expect(rows[1][1].column == 8)
        #expect(rows[0][2].column == 16)
    }

    @Test(arguments: [["plain", "with, comma", "with \"quote\"", "with\nline", ""], ["é", "\r", "\"", ",,", "end"]])
    func `what is written is read again`(_ fields: [String]) throws {
        #expect(try CSVText(CSVText.line(fields)).rows.map { $0.map(\.text) } == [fields])
    }

    @Test(arguments: [
        ("a,\"b", CSVError(.openQuote, line: 1, column: 3)),
        ("a\nb\"c", CSVError(.strayQuote, line: 2, column: 2)),
        ("\"a\"b", CSVError(.strayQuote, line: 1, column: 4)),
    ])
    func `malformed text`(_ text: String, _ error: CSVError) {
        #expect(throws: error) { try CSVText(text) }
    }
}
