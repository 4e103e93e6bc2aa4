import CardScript
import ISO7816
import Testing

@Suite struct CardScriptArticle {
    @Test func `scripting`() throws {
        let channel = try InProcessChannel(Counter())

        let script = try Script(
            """
            reset
            80 14 00 00 01
            #= 01 9000
            """)
        let results = script.run(on: channel, reset: channel.reset)
        for result in results where !result.ok {
            print("line \(result.line):", result.response?.bytes ?? [], "instead of", result.expected ?? "-")
        }

        #expect(results.count == 2 && results.allSatisfy(\.ok))
    }
}
