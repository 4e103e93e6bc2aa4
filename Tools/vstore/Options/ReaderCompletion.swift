import ArgumentParser
import CardIO

/// Completes the names of readers in a shell.
enum ReaderCompletion {
    static let kind = CompletionKind.custom { _, _, _ async in
        do {
            return try await PCSCService().readers(deadline: .now + .seconds(2))
        } catch {
            // Without a service there is nothing to complete.
            return []
        }
    }
}
