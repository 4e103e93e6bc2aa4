import CardTrace
import ISO7816

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Shows what goes to cards and comes from them, on standard error, and writes it to a file.
struct Tracer: Sendable {
    private let dictionary: APDUDictionary
    private let shows: Bool
    private let json: Bool
    private let file: TraceFile?
    /// Whether PINs and keys are masked.
    let secrets: SecretPolicy

    init(_ dictionary: APDUDictionary, shows: Bool, json: Bool, file: TraceFile?, secrets: SecretPolicy) {
        self.secrets = secrets
        self.dictionary = dictionary
        self.shows = shows
        self.json = json
        self.file = file
    }

    /// Wraps a card's channel.
    func trace(_ channel: some CardChannel, name: String, answerToReset: [UInt8] = []) -> any CardChannel {
        record(.inserted, name: name, answerToReset: answerToReset)
        let show = sink()
        return TracingChannel(
            channel, name: name, sender: Tracer.sender, answerToReset: answerToReset, secrets: secrets, sink: show)
    }

    /// Wraps the channel of a card that is used with secrets of the caller's, which are masked wherever they occur.
    func trace(_ channel: some CardChannel, to card: OpenCard, masks: SecretMasks) -> any CardChannel {
        let show = sink()
        return TracingChannel(
            channel, name: card.name, sender: Tracer.sender, answerToReset: card.answerToReset, secrets: secrets
        ) { [secrets] in
            show(secrets == .hidden ? $0.masking(masks.secrets) : $0)
        }
    }

    /// Records an event of a card, for files only.
    func record(_ kind: TraceCardEvent.Kind, name: String, answerToReset: [UInt8] = [], sender: TraceSender? = sender) {
        file?.write(
            .card(
                TraceCardEvent(
                    time: TraceClock.microseconds(), reader: name, kind: kind, answerToReset: answerToReset,
                    sender: sender)))
    }

    /// Shows the events of one card.
    func sink() -> (TraceEvent) -> Void {
        var decoder = TraceDecoder(dictionary, secrets: secrets)
        let text = TraceText(style: Tracer.style)
        return { [json, shows, file] event in
            file?.write(.exchange(event))
            guard shows else { return }
            let decoded = decoder.decode(event)
            let lines = json ? [TraceJSON().line(for: decoded)] : text.lines(for: decoded)
            for line in lines { Console.complain(line) }
        }
    }

    /// Shows the records of several readers, with reader and sender.
    func recordSink() -> (TraceRecord) -> Void {
        var writer = TraceWriter(json ? .json : .text, dictionary, style: Tracer.style, secrets: secrets)
        return { [shows, file] record in
            file?.write(record)
            if shows { Console.complain(bytes: writer.write(record)) }
        }
    }

    /// This program as a sender.
    static let sender = TraceSender("vstore", process: getpid())

    private static var style: TraceText.Style { Paint.shows(on: STDERR_FILENO) ? .coloured : .plain }
}
