import ISO7816

/// Puts the events of one card into words.
///
/// It follows what the card does: which application is selected decides what a command means, and an answer fetched by
/// GET RESPONSE belongs to the command before it. So it wants all events of a card, in order, and one decoder a card.
public struct TraceDecoder: Sendable {
    private let dictionary: APDUDictionary
    /// The application selected; nil since the reset.
    private var selected: [UInt8]? {
        didSet { if selected != oldValue { scopes = dictionary.scopes(selected: selected) } }
    }
    /// What is asked while that application is selected.
    private var scopes: [APDUDictionary.Scope]
    /// A command whose answer waits for GET RESPONSE, and what of its answer has come.
    private var waiting: (match: CommandMatch, data: [UInt8])?

    /// Begins with a card that was just reset.
    public init(_ dictionary: APDUDictionary) {
        self.dictionary = dictionary
        scopes = dictionary.scopes(selected: nil)
    }

    /// Notes that the card was reset.
    public mutating func reset() {
        selected = nil
        waiting = nil
    }

    /// Puts one event into words.
    public mutating func decode(_ event: TraceEvent) -> DecodedEvent {
        var match = CommandMatch(event.command, scopes: scopes)
        if match.specification?.effect == .select, let aid = match.data {
            // The answer is the new application's.
            match.scopes = dictionary.scopes(selected: Array(aid))
        }
        let continued = match.specification?.effect == .continue ? waiting : nil
        let outcome: DecodedEvent.Outcome
        switch event.outcome {
        case .failure(let error):
            waiting = nil
            outcome = .failure(error)
        case .response(let bytes):
            let response = decode(bytes, to: continued?.match ?? match, after: continued?.data ?? [])
            follow(match, response: bytes, status: response.status, continued: continued)
            outcome = .response(response)
        }
        return DecodedEvent(
            time: event.time, reader: event.reader, sender: event.sender, command: match.bytes,
            name: match.specification?.name, parameters: match.parameters, fields: match.fields,
            leftover: match.leftover, outcome: outcome,
            duration: event.duration, answerToReset: event.answerToReset)
    }

    private func decode(_ bytes: MaskedBytes, to match: CommandMatch, after before: [UInt8]) -> DecodedEvent.Response {
        let count = max(0, bytes.count - 2)
        let status = StatusWord(bytes.bytes[count], bytes.bytes[count + 1])
        var answer = AnswerMatch(bytes, count: count, before: before)
        answer.read(match, isWhole: status.bytesAvailable == nil)
        return DecodedEvent.Response(
            bytes: answer.bytes, status: status, text: match.text(for: status), fields: answer.fields,
            leftover: answer.leftover)
    }

    private mutating func follow(
        _ match: CommandMatch, response: MaskedBytes, status: StatusWord,
        continued: (match: CommandMatch, data: [UInt8])?
    ) {
        waiting = nil
        if status.bytesAvailable != nil {
            waiting = (continued?.match ?? match, (continued?.data ?? []) + response.bytes.dropLast(2))
        }
        let isDone = [0x61, 0x62, 0x90].contains(status.sw1)
        if match.specification?.effect == .select, isDone, let aid = match.data { selected = Array(aid) }
    }
}
