import ISO7816

/// One line of JSON per event, for programs.
///
/// An exchange is an object with `time` (ISO 8601, UTC) where known, `reader`, `sender` where known (`name`,
/// `process`), `atr` where known, `microseconds` (the duration) where known, `command` and `response`, or `error`
/// (`code`, a number of `CardError.Code`; `reason`, `subject`, and `cause` where known, as text) instead of `response`.
/// `command` has `bytes`, and where known `name`, `parameters` and `fields`; `response` has `bytes`, `status`, `text`,
/// `fields`. A field has `name`, `value`, and `text` where the value has a name; command and response have `faults`
/// where data objects cannot be read (`offset` from 0, `text`); secret bytes are `••` everywhere. A card event is an
/// object with `time`, `reader`, `sender`, `event` and `atr`.
///
/// A file begins with the line ``header(_:)``, and is read back by ``TraceReader``.
public struct TraceJSON: Sendable {
    public init() {}

    /// The version of the format, which is in a file's first line.
    public static let version = 2

    /// The first line of a file, without a line end. It has a member `secrets`, `shown`, where they are not masked.
    public static func header(_ secrets: SecretPolicy = .hidden) -> String {
        var bytes: [UInt8] = []
        bytes.openJSONObject()
        bytes.appendJSON(member: "trace")
        bytes.appendJSON("vstore")
        bytes.appendJSON(member: "version")
        bytes.appendJSON(UInt64(version))
        bytes.appendJSON(member: "masked")
        bytes.appendJSON(MaskedBytes.mask)
        if secrets == .shown {
            bytes.appendJSON(member: "secrets")
            bytes.appendJSON("shown")
        }
        bytes.closeJSONObject()
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The line for a card event, without a line end.
    public func line(for event: TraceCardEvent) -> String {
        var bytes: [UInt8] = []
        append(event, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The line for an event, without a line end.
    public func line(for event: DecodedEvent) -> String {
        var bytes: [UInt8] = []
        append(event, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    func append(_ event: TraceCardEvent, to bytes: inout [UInt8]) {
        bytes.openJSONObject()
        appendStart(event.time, event.reader, event.sender, to: &bytes)
        bytes.appendJSON(member: "event")
        bytes.appendJSON(event.kind.rawValue)
        append(atr: event.answerToReset, to: &bytes)
        bytes.closeJSONObject()
    }

    func append(_ event: DecodedEvent, to bytes: inout [UInt8]) {
        bytes.openJSONObject()
        appendStart(event.time, event.reader, event.sender, to: &bytes)
        append(atr: event.answerToReset, to: &bytes)
        if let duration = event.duration {
            bytes.appendJSON(member: "microseconds")
            bytes.appendJSON(thousandths: UInt64(duration.nanoseconds))
        }
        appendCommand(event, to: &bytes)
        switch event.outcome {
        case .failure(let error): append(error, to: &bytes)
        case .response(let response): append(response, to: &bytes)
        }
        bytes.closeJSONObject()
    }

    // MARK: Parts

    private func appendStart(_ time: Int64?, _ reader: String, _ sender: TraceSender?, to bytes: inout [UInt8]) {
        if let time {
            bytes.appendJSON(member: "time")
            bytes.append(UInt8(ascii: "\""))
            ValueText.append(microseconds: time, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
        bytes.appendJSON(member: "reader")
        bytes.appendJSON(reader)
        guard let sender else { return }
        bytes.appendJSON(member: "sender")
        bytes.openJSONObject()
        bytes.appendJSON(member: "name")
        bytes.appendJSON(sender.name)
        if let process = sender.process {
            bytes.appendJSON(member: "process")
            bytes.appendJSON(UInt64(max(0, process)))
        }
        bytes.closeJSONObject()
    }

    private func append(atr: [UInt8], to bytes: inout [UInt8]) {
        guard !atr.isEmpty else { return }
        bytes.appendJSON(member: "atr")
        bytes.appendJSON(hexadecimal: atr)
    }

    private func appendCommand(_ event: DecodedEvent, to bytes: inout [UInt8]) {
        bytes.appendJSON(member: "command")
        bytes.openJSONObject()
        bytes.appendJSON(member: "bytes")
        bytes.appendJSON(hexadecimal: event.command, 0..<event.command.count)
        if let name = event.name {
            bytes.appendJSON(member: "name")
            bytes.appendJSON(name)
        }
        append("parameters", event.parameters, to: &bytes)
        append("fields", event.fields, to: &bytes)
        append(leftover: event.leftover, to: &bytes)
        append(event.faults, to: &bytes)
        bytes.closeJSONObject()
    }

    private func append(_ error: CardError, to bytes: inout [UInt8]) {
        bytes.appendJSON(member: "error")
        bytes.openJSONObject()
        bytes.appendJSON(member: "code")
        bytes.appendJSON(UInt64(error.code.rawValue))
        bytes.appendJSON(member: "reason")
        bytes.appendJSON("\(error.code)")
        bytes.appendJSON(member: "subject")
        bytes.appendJSON(error.subject)
        if let cause = error.cause {
            bytes.appendJSON(member: "cause")
            bytes.appendJSON("\(cause)")
        }
        bytes.closeJSONObject()
    }

    private func append(_ response: DecodedEvent.Response, to bytes: inout [UInt8]) {
        bytes.appendJSON(member: "response")
        bytes.openJSONObject()
        bytes.appendJSON(member: "bytes")
        bytes.appendJSON(hexadecimal: response.bytes, 0..<(response.bytes.count - 2))
        bytes.appendJSON(member: "status")
        bytes.appendJSON(hexadecimal: response.bytes.bytes.suffix(2))
        if let text = response.text {
            bytes.appendJSON(member: "text")
            bytes.appendJSON(text)
        }
        append("fields", response.fields, to: &bytes)
        append(leftover: response.leftover, to: &bytes)
        append(response.faults, to: &bytes)
        bytes.closeJSONObject()
    }

    private func append(leftover: Int, to bytes: inout [UInt8]) {
        guard leftover > 0 else { return }
        bytes.appendJSON(member: "leftover")
        bytes.appendJSON(UInt64(leftover))
    }

    private func append(_ faults: [LenientTLV.Remark], to bytes: inout [UInt8]) {
        guard !faults.isEmpty else { return }
        bytes.appendJSON(member: "faults")
        bytes.openJSONArray()
        for fault in faults {
            bytes.openJSONObject()
            bytes.appendJSON(member: "offset")
            bytes.appendJSON(UInt64(fault.offset))
            bytes.appendJSON(member: "text")
            bytes.appendJSON("\(fault)")
            bytes.closeJSONObject()
        }
        bytes.closeJSONArray()
    }

    // MARK: Fields

    private func append(_ name: StaticString, _ fields: [DecodedField], to bytes: inout [UInt8]) {
        guard !fields.isEmpty else { return }
        bytes.appendJSON(member: name)
        append(fields, to: &bytes)
    }

    private func append(_ fields: [DecodedField], to bytes: inout [UInt8]) {
        bytes.openJSONArray()
        for field in fields { append(field, to: &bytes) }
        bytes.closeJSONArray()
    }

    private func append(_ field: DecodedField, to bytes: inout [UInt8]) {
        bytes.openJSONObject()
        bytes.appendJSON(member: "name")
        bytes.appendJSON(field.name)
        bytes.appendJSON(member: "value")
        switch field.value {
        case .number(let number, _), .amount(let number), .time(let number): bytes.appendJSON(number)
        case .fields(let fields): append(fields, to: &bytes)
        case .list(let items):
            bytes.openJSONArray()
            for item in items { append(item, to: &bytes) }
            bytes.closeJSONArray()
        case .bytes(let value): bytes.appendJSON(hexadecimal: value)
        case .masked(let value): bytes.appendJSON(hexadecimal: value, 0..<value.count)
        case .text(let text): bytes.appendJSON(text)
        case .secret: bytes.appendJSON(MaskedBytes.mask)
        }
        switch field.value {
        case .number(_, .some), .amount, .time:
            bytes.appendJSON(member: "text")
            bytes.appendJSON(field.text)
        default: break
        }
        bytes.closeJSONObject()
    }
}
