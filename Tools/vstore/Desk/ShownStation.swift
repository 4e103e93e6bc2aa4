import CardIO
import ISO7816

/// A reader's station whose APDUs are shown on request.
final class ShownStation: CardStation {
    private let station: ReaderStation
    private let tracer: Tracer?

    init(_ station: ReaderStation, tracer: Tracer?) {
        self.station = station
        self.tracer = tracer
    }

    var name: String { station.name }

    func withNextCard<Value: Sendable>(
        _ body: @escaping @Sendable (any CardChannel) -> Value
    ) async throws -> Value? {
        let (tracer, name) = (tracer, name)
        return try await station.withNextCard { channel in body(tracer?.trace(channel, name: name) ?? channel) }
    }
}
