import ISO7816

/// One line of JSON an event, for programs.
///
/// An object with `time` (ISO 8601, UTC), `reader`, `microseconds` (the time taken), `command` and `response`, or
/// `error` instead of `response`. `command` has `bytes`, and where they are known `name`, `parameters` and `fields`;
/// `response` has `bytes`, `status`, `text`, `fields`. A field has `name`, `value`, and `text` where the value has a
/// name; secret bytes are `••` everywhere.
public struct TraceJSON: Sendable {
    public init() {}

    /// The line for an event, without a line end.
    public func line(for event: DecodedEvent) -> String {
        var command: [(String, JSONText)] = [("bytes", .string(event.command.hexadecimal()))]
        if let name = event.name { command.append(("name", .string(name))) }
        command += list("parameters", event.parameters) + list("fields", event.fields)
        if event.leftover > 0 { command.append(("leftover", .number(UInt64(event.leftover)))) }
        var members: [(String, JSONText)] = [
            ("time", .string(ValueText.time(microseconds: event.time))), ("reader", .string(event.reader)),
            ("microseconds", .number(UInt64(ValueText.microseconds(event.duration)))), ("command", .object(command)),
        ]
        switch event.outcome {
        case .failure(let error): members.append(("error", .string(error.description)))
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
