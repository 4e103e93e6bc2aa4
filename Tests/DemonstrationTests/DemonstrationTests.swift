import CardTrace
import Demonstration
import Synchronization
import Testing

@Suite struct DemonstrationTests {
    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    /// The story checks itself as it goes; here it is made sure that it was told to its end.
    @Test func `the story is reported to its end`() async throws {
        let lines = Lines()
        try await Demonstration().run { lines.add($0) }
        let chapters = lines.all.filter { $0.hasPrefix("\n") }
        #expect(chapters.count == 8)
        #expect(lines.all.last?.contains("every difference is 0 micro-units") == true)
        #expect(lines.all.contains { $0.contains("credits 10.50, once") })
    }

    @Test func `as JSON every line is an object`() async throws {
        let lines = Lines()
        try await Demonstration(json: true).run { lines.add($0) }
        #expect(lines.all.allSatisfy { $0.hasPrefix("{\"") && $0.hasSuffix("}") })
        #expect(lines.all.contains { $0.contains(#""difference":"0""#) && $0.contains(#""service":"gas""#) })
    }

    /// Neither PINs nor keys pass through the trace.
    @Test func `the trace tells every command`() async throws {
        let names = Lines()
        let reader = Lines()
        let trace: @Sendable (TraceRecord) -> Void = { record in
            guard case .exchange(let event) = record else { return }
            names.add(event.command.hexadecimal())
            reader.add(event.reader)
        }
        try await Demonstration().run(trace: trace, write: { _ in })
        #expect(Set(reader.all) == ["master-key card", "subscriber card"])
        #expect(names.all.count > 100)
        #expect(!names.all.contains { $0.contains("31323334") || $0.contains("353637383930") })
        #expect(!names.all.contains { $0.contains("11111111111111111111111111111111") })
    }
}
