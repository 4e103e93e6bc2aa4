import HeadEnd
import Logging
import ValueProtocol

/// Where the logs of units' programs go: on standard output, for people a line of text each, with --json a document with all that is
/// known of the event.
struct ConsoleLogHandler: LogHandler {
    /// The name of an event is its metadata under this key.
    static let eventKey = "event"

    let console: Console
    /// Whether events are beside a result: people see them on standard error.
    let isBeside: Bool
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel = Logger.Level.info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard !isBeside else { return console.notice("\(event.message)") }
        var metadata = metadata
        if let provided = metadataProvider?.get() { metadata.merge(provided) { $1 } }
        if let own = event.metadata { metadata.merge(own) { $1 } }
        console.output(document(event, metadata), ["\(event.message)"])
    }

    private func document(_ event: LogEvent, _ metadata: Logger.Metadata) -> JSONValue {
        let name = metadata[Self.eventKey].map { JSONValue($0) } ?? .text("event")
        let members = metadata.filter { $0.key != Self.eventKey }.sorted { $0.key < $1.key }
        return .object(
            [(name: "event", value: name)] + members.map { (name: $0.key, value: JSONValue($0.value)) } + [
                (name: "level", value: .text("\(event.level)")),
                (name: "time", value: .text(SystemClock.now().dateTime)),
            ])
    }
}

extension JSONValue {
    /// Metadata of a log's event; a JSON value as it is.
    init(_ value: Logger.Metadata.Value) {
        switch value {
        case .string(let text): self = .text(text)
        case .stringConvertible(let value): self = value as? JSONValue ?? .text("\(value)")
        case .array(let values): self = .list(values.map { JSONValue($0) })
        case .dictionary(let members):
            self = .object(members.sorted { $0.key < $1.key }.map { (name: $0.key, value: JSONValue($0.value)) })
        }
    }
}
