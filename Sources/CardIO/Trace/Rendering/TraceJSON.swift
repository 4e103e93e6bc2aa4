import ISO7816

/// One line of JSON an event, for programs.
///
/// An exchange is an object with `time` (ISO 8601, UTC), `reader`, `sender` where it is known (`name`, `process`),
/// `microseconds` (the time taken), `command` and `response`, or `error` (`reason`, `subject`, `remedy`) instead of
/// `response`. `command` has `bytes`, and where they are known `name`, `parameters` and `fields`; `response` has
/// `bytes`, `status`, `text`, `fields`. A field has `name`, `value`, and `text` where the value has a name; secret bytes
/// are `••` everywhere. What else befell a card is an object with `time`, `reader`, `sender`, `event` and `atr`.
///
/// A file begins with the line ``header``, and is read back by ``TraceReader``.
public struct TraceJSON: Sendable {
    public init() {}

    /// The version of the form, which a file's first line tells.
    public static let version = 1

    /// The first line of a file, without a line end.
    public static let header = JSONText.object([
        ("trace", .string("vstore")), ("version", .number(UInt64(version))), ("masked", .string(MaskedBytes.mask)),
    ]).description

    /// The line for what befell a card, without a line end.
    public func line(for event: TraceCardEvent) -> String {
        var members = start(event.time, event.reader, event.sender) + [("event", .string(event.kind.rawValue))]
        if !event.answerToReset.isEmpty { members.append(("atr", .string(event.answerToReset.hexadecimal()))) }
        return JSONText.object(members).description
    }

    private func start(_ time: Int64, _ reader: String, _ sender: TraceSender?) -> [(String, JSONText)] {
        var members: [(String, JSONText)] = [
            ("time", .string(ValueText.time(microseconds: time))), ("reader", .string(reader)),
        ]
        if let sender {
            let process = sender.process.map { [("process", JSONText.number(UInt64(max(0, $0))))] } ?? []
            members.append(("sender", .object([("name", .string(sender.name))] + process)))
        }
        return members
    }

    /// The line for an event, without a line end.
    public func line(for event: DecodedEvent) -> String {
        var command: [(String, JSONText)] = [("bytes", .string(event.command.hexadecimal()))]
        if let name = event.name { command.append(("name", .string(name))) }
        command += list("parameters", event.parameters) + list("fields", event.fields)
        if event.leftover > 0 { command.append(("leftover", .number(UInt64(event.leftover)))) }
        var members = start(event.time, event.reader, event.sender)
        members += [("microseconds", .thousandths(UInt64(event.duration.nanoseconds))), ("command", .object(command))]
        switch event.outcome {
        case .failure(let error):
            let parts = [("reason", "\(error.code)"), ("subject", error.subject), ("remedy", error.remedy)]
            members.append(("error", .object(parts.map { ($0.0, .string($0.1)) })))
        case .response(let response): members.append(("response", .object(self.members(of: response))))
        }
        return JSONText.object(members).description
    }

    private func members(of response: DecodedEvent.Response) -> [(String, JSONText)] {
        let places = 0..<(response.bytes.count - 2)
        var members: [(String, JSONText)] = [
            ("bytes", .string(response.bytes.hexadecimal(places))), ("status", .string(response.status.description)),
        ]
        if let text = response.text { members.append(("text", .string(text))) }
        members += list("fields", response.fields)
        if response.leftover > 0 { members.append(("leftover", .number(UInt64(response.leftover)))) }
        return members
    }

    private func list(_ name: String, _ fields: [DecodedField]) -> [(String, JSONText)] {
        fields.isEmpty ? [] : [(name, .array(fields.map(object)))]
    }

    private func object(_ field: DecodedField) -> JSONText {
        let value: JSONText =
            switch field.value {
            case .number(let number, _), .amount(let number), .time(let number): .number(number)
            case .fields(let fields): .array(fields.map(object))
            case .list(let items): .array(items.map { .array($0.map(object)) })
            case .bytes, .text, .secret: .string(field.text)
            }
        var members: [(String, JSONText)] = [("name", .string(field.name)), ("value", value)]
        switch field.value {
        case .number(_, .some), .amount, .time: members.append(("text", .string(field.text)))
        default: break
        }
        return .object(members)
    }
}
