import Records
import Testing

/// Expects that `body` fails with a `HostError` of `code`.
func expect(
    _ code: HostError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) {
    do {
        try body()
        Issue.record("nothing thrown, expected: \(code)", sourceLocation: sourceLocation)
    } catch {
        #expect((error as? HostError)?.code == code, "\(error)", sourceLocation: sourceLocation)
    }
}
