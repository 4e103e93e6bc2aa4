import CardScript
import DurableFiles
import Testing

@Suite("Tables, secrets and included files of a script") struct ScriptInputTests {
    @Test func `a table has a row of values per line`() throws {
        let table = try ScriptTable(csv: "p2,note\r\n00,\"a, b\"\r\n\r\n02,\r\n")
        #expect(table.columns == ["p2", "note"])
        #expect(table.rows == [["p2": "00", "note": "a, b"], ["p2": "02", "note": ""]])
        #expect(try ScriptTable(csv: "only\n").columns == ["only"])
    }

    @Test(arguments: [
        ("", CSVError(.missingColumn, line: 1, column: 1)), ("a b\n1\n", CSVError(.wrongField, line: 1, column: 1)),
        ("a,1b\n", CSVError(.wrongField, line: 1, column: 3)), ("a,\n", CSVError(.wrongField, line: 1, column: 3)),
        ("a,b,a\n", CSVError(.unexpectedColumn, line: 1, column: 5)),
        ("a,b\n1,2\n3\n", CSVError(.wrongCount, line: 3, column: 1)),
        ("a\n1,2\n", CSVError(.wrongCount, line: 2, column: 1)), ("a\n\"1", CSVError(.openQuote, line: 2, column: 1)),
    ])
    func `a table's error has its place`(_ text: String, _ expected: CSVError) {
        #expect(throws: expected) { try ScriptTable(csv: text) }
    }

    @Test func `a file of secrets has one per line`() throws {
        let text = "# of a test\npin=31323334\r\n\nkey==\npin=35\nempty="
        #expect(try ScriptVariables.secrets(text, file: "s") == ["pin": "35", "key": "=", "empty": ""])
    }

    @Test(arguments: ["77AB", "=77AB", "7b=77AB", " pin=77AB"])
    func `a line that sets no secret is counted, and not shown`(_ line: String) {
        let error = #expect(throws: ScriptError.self) {
            try ScriptVariables.secrets("# 1\n\npin=1\r\n\(line)\n", file: "s.txt")
        }
        #expect(error?.code == .badDefinition && error?.line == 4)
        #expect(error.map { "\($0)" } == "s.txt, line 4 (••) is not name=value")
    }

    @Test(arguments: [
        ("a.apdu", "b.apdu", "b.apdu"), ("x/y/a.apdu", "b.apdu", "x/y/b.apdu"),
        ("x/a.apdu", "../b.apdu", "x/../b.apdu"),
        ("/x/a.apdu", "z/b.apdu", "/x/z/b.apdu"), ("x/a.apdu", "/b.apdu", "/b.apdu"), ("-", "b.apdu", "b.apdu"),
    ])
    func `included files are looked for in the script's folder`(_ path: String, _ name: String, _ found: String) throws
    {
        var read: [String] = []
        let script = try Script(at: path) { file in
            read.append(file)
            return file == path ? "#: include \(name)\nreset" : "80 14 00 00 01"
        }
        #expect(read == [path, found])
        #expect(script.steps.map(\.file) == [name, nil])
    }

    @Test func `a file that cannot be read is that of the error`() throws {
        struct Unreadable: Error {}
        #expect(throws: Unreadable.self) { try Script(at: "a") { _ in throw Unreadable() } }
        let error = #expect(throws: ScriptError.self) {
            try Script(at: "a") { file in
                guard file == "a" else { throw Unreadable() }
                return "reset\n#: include b"
            }
        }
        #expect(error?.code == .noInclude && error?.line == 2)
    }
}
