internal import Synchronization

/// One connection's stream, for both sides: whoever changes what is to be sent wakes its writer.
package final class TrunkSession: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation
    private let replaced = Atomic(false)

    package init() {
        // One wake waits at most: the writer sends all there is.
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        wake()
    }

    /// For the writer alone; ends with the session.
    package var wakes: AsyncStream<Void> { stream }
    /// Whether the unit has opened another connection.
    package var isReplaced: Bool { replaced.load(ordering: .acquiring) }

    package func wake() { continuation.yield() }

    package func end(isReplaced: Bool = false) {
        if isReplaced { replaced.store(true, ordering: .releasing) }
        continuation.finish()
    }
}
