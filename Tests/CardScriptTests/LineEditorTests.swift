import CardScript
import TestSupport
import Testing

@Suite struct LineEditorTests {
    /// The events of `keys`, and the editor after them.
    func type(_ keys: String, _ history: [String] = []) -> (editor: LineEditor, events: [LineEditor.Event]) {
        var editor = LineEditor(history: history)
        let events = keys.utf8.map { editor.feed($0) }
        return (editor, events)
    }

    static let up = "\u{1B}[A", down = "\u{1B}[B", right = "\u{1B}[C", left = "\u{1B}OD"

    @Test(arguments: [
        ("abc", "abc", 3), ("abc\u{7F}", "ab", 2), ("abc\u{01}x", "xabc", 1), ("abc" + left + left + "x", "axbc", 2),
        ("abc\u{02}\u{04}", "ab", 2), ("abc\u{01}\u{1B}[3~", "bc", 0), ("a b c\u{17}", "a b ", 4),
        ("a b  \u{17}", "a ", 2), ("abc\u{02}\u{15}", "c", 0), ("abc\u{02}\u{0B}", "ab", 2),
        ("abc\u{02}\u{0B}\u{19}\u{19}", "abcc", 4), ("abc\u{1B}[H" + right + "x", "axbc", 2),
        ("ab\u{1B}[1~\u{1B}[4~c", "abc", 3),
        ("é€𝄞", "é€𝄞", 3), ("é\u{7F}", "", 0), ("ab\u{1B}[99;5Xc", "abc", 3), ("\u{7F}\u{1B}[3~" + left + right, "", 0),
        ("a\u{1B}xb", "ab", 2), ("a\u{00}b", "ab", 2),
    ])
    func `keys edit`(keys: String, text: String, cursor: Int) {
        let (editor, _) = type(keys)
        #expect(editor.text == text)
        #expect(editor.cursor == cursor)
    }

    @Test func `ends are reported`() {
        #expect(type("ab\r").events.last == .line("ab"))
        #expect(type("ab\n").events.last == .line("ab"))
        #expect(type("ab\u{03}").events.last == .interrupted)
        #expect(type("\u{04}").events.last == .end)
        #expect(type("a\u{02}\u{04}\u{04}").events.last == .end)
        #expect(type("se\t").events.last == .completionRequested("se"))
        #expect(type("\u{0C}").events.last == .clearScreen)
    }

    @Test func `history is gone through and the new line stays`() {
        let history = ["one", "two"]
        #expect(type("x" + Self.up, history).editor.text == "two")
        #expect(type("x" + Self.up + Self.up + Self.up, history).editor.text == "one")
        #expect(type("x" + Self.up + Self.up + Self.down + Self.down, history).editor.text == "x")
        #expect(type("\u{10}\u{0E}", history).editor.text == "")
    }

    @Test func `completion puts in what is certain`() {
        var (editor, _) = type("send se")
        #expect(editor.complete(["select", "selected"]) == [])
        #expect(editor.text == "send select")
        #expect(editor.complete(["select", "selected"]) == ["select", "selected"])
        #expect(editor.complete(["selected"]) == [])
        #expect(editor.text == "send selected ")
        #expect(editor.complete([]) == [])
        var (key, _) = type("p")
        #expect(key.complete(["p1="]) == [])
        #expect(key.text == "p1=")
    }

    @Test func `a long line shows the part around the cursor`() {
        let (editor, _) = type(String(repeating: "0", count: 50) + "END")
        #expect(editor.display(prompt: "> ", width: 20) == "\r> " + String(repeating: "0", count: 14) + "END\u{1B}[K")
        let (start, _) = type("ABC" + String(repeating: "0", count: 50) + "\u{01}")
        #expect(
            start.display(prompt: "> ", width: 20) == "\r> ABC" + String(repeating: "0", count: 14)
                + "\u{1B}[K\u{1B}[17D")
    }

    /// For any input the cursor stays within the line.
    @Test func `noise does no harm`() {
        var random = SeededGenerator(seed: 1)
        var editor = LineEditor(history: ["a", "bc"])
        for _ in 0..<100_000 {
            let byte = UInt8.random(in: 0...255, using: &random)
            if case .line = editor.feed(byte % 7 == 0 ? 0x1B : byte) { editor = LineEditor(history: ["a", "bc"]) }
            #expect((0...editor.characters.count).contains(editor.cursor))
            if byte == 0 { _ = editor.complete(["select", "set"]) }
        }
    }
}
