import ISO7816

/// Decodes the events of one card.
///
/// It tracks the card's state: the application selected on a logical channel decides what a command means there, and an
/// answer fetched by GET RESPONSE belongs to the command before it. So it needs all events of a card, in order, and one
/// decoder per card. Where it has not seen a selection, it masks what any application would keep secret.
public struct TraceDecoder: Sendable {
    private let dictionary: APDUDictionary
    private let secrets: SecretPolicy
    /// The channels known to be open, always including the basic one.
    private var channels: [UInt8: TracedChannel] = [:]
    /// The application selected on the basic channel since the reset; nil where no selection was seen.
    package var selectedApplication: [UInt8]? { channels[0]?.selected }
    /// Whether the application that some cards have selected after a reset is taken for selected.
    private var presumption: SelectionPresumption
    /// The last command that was no GET RESPONSE, on any channel.
    private var last: CommandMatch?

    /// Starts with a card that was just reset.
    ///
    /// - Parameters:
    ///   - dictionary: names fields, and says which are secret.
    ///   - secrets: whether PINs, keys and secret fields are masked; what an event has masked already stays so.
    public init(_ dictionary: APDUDictionary, secrets: SecretPolicy = .hidden) {
        self.dictionary = dictionary
        self.secrets = secrets
        presumption = SelectionPresumption(dictionary, secrets: secrets)
    }

    /// Records a reset of the card.
    public mutating func reset() {
        (channels, last) = ([:], nil)
        presumption.reset()
    }

    /// Decodes one event.
    public mutating func decode(_ event: TraceEvent) -> DecodedEvent {
        var event = event
        if secrets == .hidden { event.hideSecrets() }
        let number = channel(of: event.command)
        var channel = channels[number] ?? channels[0] ?? TracedChannel()
        if channel.selected == nil { channel.scopes = presumption.scopes(for: event) }
        let isUnknown = channel.selected == nil && secrets == .hidden
        let shown = secrets == .hidden ? channel.masking(written: event.command) : event.command
        var match = match(shown, channel, isUnknown: isUnknown)
        let chained = channel.chain.count(before: event.command)
        let whole = channel.chain.follow(event.command).map { self.match($0, channel, isUnknown: isUnknown) }
        if let whole { match.accept(partOf: whole) }
        if let access = FileAccess(match.header), access.isWriting,
            let content = channel.content(access, match)
        {
            match.accept(content)
        }
        let isContinuing = match.isContinuing
        let continued = isContinuing ? channel.waiting : nil
        // Without an announcement, as after a warning, an answer that is fetched is still that of the command before.
        let fetched = isContinuing ? continued?.match ?? last : nil
        var answering = whole ?? match
        if answering.specification?.effect == .select, let aid = answering.data {
            // The answer comes from the new application.
            answering.scopes = dictionary.scopes(selected: Array(aid))
        }
        if !isContinuing { last = answering }
        let outcome: DecodedEvent.Outcome
        switch event.outcome {
        case .failure(let error):
            if !isContinuing { channel.waiting = nil }
            channel.write(event.command, match, after: chained, isDone: false)
            outcome = .failure(error)
        case .response(let bytes):
            let asked = (bytes.count > 2 ? fetched : continued?.match) ?? answering
            let response = decode(bytes, to: asked, after: continued?.data ?? MaskedBytes([]), on: channel)
            channel.read(bytes, asked, after: continued?.data.count ?? 0)
            channel.write(event.command, match, after: chained, isDone: Self.isDone(response.status))
            follow(answering, response: bytes, status: response.status, continued: continued, on: &channel)
            presumption.note(
                match, status: response.status, answerToReset: event.answerToReset, isSelected: channel.selected != nil)
            outcome = .response(response)
        }
        // A class whose bits indicate a channel that is not open may be proprietary.
        let isSelected = match.specification?.effect == .select
        channels[isSelected || channels[number] != nil ? number : 0] = channel
        if case .response(let bytes) = event.outcome { manageChannel(event.command.bytes, answer: bytes.bytes) }
        return DecodedEvent(
            time: event.time, reader: event.reader, sender: event.sender, command: match.bytes,
            name: match.specification?.name, parameters: match.parameters, fields: match.fields,
            leftover: match.leftover, faults: match.faults, outcome: outcome, duration: event.duration,
            answerToReset: event.answerToReset)
    }

    private func match(_ command: MaskedBytes, _ channel: TracedChannel, isUnknown: Bool) -> CommandMatch {
        CommandMatch(
            command, scopes: channel.scopes, applications: dictionary.applications, security: channel.security,
            mayBeSecret: isUnknown && dictionary.mayBeSecret(command.bytes),
            mayAnswerSecret: isUnknown && dictionary.mayAnswerSecret(command), secrets: secrets)
    }

    /// The logical channel in the class byte; commands to a reader, class FF, have none.
    private func channel(of command: MaskedBytes) -> UInt8 {
        guard let cla = command.bytes.first, cla != 0xFF else { return 0 }
        return ClassByte(cla).channel
    }

    /// MANAGE CHANNEL (ISO/IEC 7816-4, 11.1.2): it discards the state of the channel.
    private mutating func manageChannel(_ command: [UInt8], answer: [UInt8]) {
        guard command.count >= 4, ClassByte(command[0]).isInterindustry, command[1] == 0x70,
            answer.suffix(2) == [0x90, 0x00]
        else { return }
        switch command[2] {
        case 0x00:
            let opened = command[3] == 0 ? answer.count == 3 ? answer[0] : 0 : command[3]
            if opened > 0 { channels[opened] = TracedChannel() }
        case 0x80:
            let closed = command[3] == 0 ? ClassByte(command[0]).channel : command[3]
            if closed > 0 { channels[closed] = nil }
        default: return
        }
    }

    private func decode(
        _ bytes: MaskedBytes, to match: CommandMatch, after before: MaskedBytes, on channel: TracedChannel
    ) -> DecodedEvent.Response {
        let count = max(0, bytes.count - 2)
        let status = StatusWord(bytes.bytes[count], bytes.bytes[count + 1])
        var bytes = bytes
        var content: SelectedFile.Content?
        if count > 0, let access = FileAccess(match.header), !access.isWriting {
            content = channel.content(access, match)
            if secrets == .hidden, !access.isRecord {
                bytes = channel.file.masking(
                    bytes, count: count, access, at: access.offset + before.count, match.scopes)
            }
        }
        if secrets == .hidden, count > 0, FileAccess.hasUnplacedContent(match.header) {
            bytes = channel.masking(unplaced: bytes, 0..<count, after: before)
        }
        var answer = AnswerMatch(bytes, count: count, before: before, content: content)
        answer.read(match, isWhole: !Self.announces(status, count: count))
        return DecodedEvent.Response(
            bytes: answer.bytes, status: status, text: match.text(for: status), fields: answer.fields,
            leftover: answer.leftover, faults: answer.faults)
    }

    /// Whether more of an answer waits: 61xx (ISO/IEC 7816-4, 5.6), and of a SIM 9Fxx and 9Exx (3GPP TS 51.011, 9.4).
    private static func announces(_ status: StatusWord, count: Int) -> Bool {
        status.bytesAvailable != nil || count == 0 && (status.sw1 == 0x9F || status.sw1 == 0x9E)
    }

    /// Whether a command was done, perhaps with a warning.
    static func isDone(_ status: StatusWord) -> Bool {
        [0x61, 0x62, 0x90, 0x91, 0x9F].contains(status.sw1)
    }

    private func follow(
        _ match: CommandMatch, response: MaskedBytes, status: StatusWord,
        continued: (match: CommandMatch, data: MaskedBytes)?, on channel: inout TracedChannel
    ) {
        let count = response.count - 2
        if Self.announces(status, count: count) {
            let before = continued?.data ?? MaskedBytes([])
            channel.waiting = (continued?.match ?? match, before.appending(response, 0..<count))
        } else if count > 0 || continued == nil || status.rawValue == 0x9000 {
            // A GET RESPONSE that was refused, as with a wrong length, is sent again.
            channel.waiting = nil
        }
        let isDone = Self.isDone(status)
        channel.security.follow(match, response.bytes, isDone: isDone)
        if isDone, match.header.count == 4, match.header[1] == 0xA4, let data = match.data, match.header[0] != 0xFF {
            channel.file.select(match.header, Array(data))
            if match.header[2] == 0x04 { channel.security = TracedSecureChannel() }
        }
        guard match.specification?.effect == .select, isDone, let aid = match.data, channel.selected != Array(aid)
        else {
            return
        }
        channel.selected = Array(aid)
        channel.scopes = match.scopes
    }
}
