/// Writes a trace in one of the formats: records in, bytes out.
///
///     var writer = TraceWriter(.pcapng, try APDUDictionary())
///     var file = writer.start()
///     file += writer.write(.exchange(event))
///
/// PINs, keys and what dictionaries mark as secret are removed before anything is written: `••` in text and JSON; in
/// packets, which must have bytes, 00 with a comment that lists the masked bytes. A file with ``SecretPolicy/shown``
/// secrets says so where it begins: `"secrets": "shown"` in JSON, a comment in captures and text.
public struct TraceWriter: Sendable {
    /// The format.
    public let format: TraceFormat
    /// Whether secrets are masked.
    public let secrets: SecretPolicy
    private let text: TraceText
    private var decoders: TraceDecoders
    private var packets: PcapngWriter
    /// The last reader and sender written, and each reader's card.
    private var written: (reader: String, sender: TraceSender?)?
    private var cards = TraceCards()

    /// - Parameters:
    ///   - format: the format.
    ///   - dictionary: for decoding.
    ///   - style: whether text is coloured.
    ///   - secrets: whether PINs, keys and secret fields are masked.
    public init(
        _ format: TraceFormat, _ dictionary: APDUDictionary, style: TraceText.Style = .plain,
        secrets: SecretPolicy = .hidden
    ) {
        self.secrets = secrets
        self.format = format
        text = TraceText(style: style)
        decoders = TraceDecoders(dictionary, secrets: secrets)
        packets = PcapngWriter(format == .gsmtap ? .gsmtap : .exportedPDU)
    }

    /// The start of a file.
    public func start() -> [UInt8] {
        switch format {
        case .text: secrets == .hidden ? [] : Array("# PINs and keys are shown.\n".utf8)
        case .json: Array((TraceJSON.header(secrets) + "\n").utf8)
        case .pcapng, .gsmtap: PcapngWriter.sectionHeader(secrets)
        }
    }

    /// The bytes for a record.
    public mutating func write(_ record: TraceRecord) -> [UInt8] { write(decoders.decode(record)) }

    /// The bytes for a decoded record.
    public mutating func write(_ record: DecodedRecord) -> [UInt8] {
        var bytes: [UInt8] = []
        write(record, to: &bytes)
        return bytes
    }

    /// Appends the bytes for a record.
    public mutating func write(_ record: TraceRecord, to bytes: inout [UInt8]) {
        write(decoders.decode(record), to: &bytes)
    }

    private mutating func write(_ record: DecodedRecord, to bytes: inout [UInt8]) {
        switch format {
        case .text: bytes += lines(record)
        case .json:
            switch record {
            case .exchange(let event): TraceJSON().append(event, to: &bytes)
            case .card(let event): TraceJSON().append(event, to: &bytes)
            }
            bytes.append(UInt8(ascii: "\n"))
        case .pcapng, .gsmtap: packets.write(record, to: &bytes)
        }
    }

    /// In a trace of several readers or senders a line shows reader, sender and time whenever reader or sender change,
    /// and another shows the card where no earlier event did.
    private mutating func lines(_ record: DecodedRecord) -> [UInt8] {
        let reader: String
        let sender: TraceSender?
        let time: Int64?
        var lines: [String]
        switch record {
        case .exchange(let event):
            (reader, sender, time, lines) = (event.reader, event.sender, event.time, text.lines(for: event))
            if !event.answerToReset.isEmpty, cards.answerToReset(in: reader) != event.answerToReset {
                cards.record(event.answerToReset, in: reader)
                lines.insert(text.line(forCard: event.answerToReset), at: 0)
            }
        case .card(let event):
            (reader, sender, time, lines) = (event.reader, event.sender, event.time, [text.line(for: event)])
            cards.follow(event)
        }
        let isKnown = written.map { $0.reader == reader && $0.sender == sender } ?? false
        written = (reader, sender)
        let parts =
            [reader] + (sender.map { ["from \($0)"] } ?? []) + (time.map { [ValueText.time(microseconds: $0)] } ?? [])
        let heading = isKnown ? [] : ["# " + parts.joined(separator: ", ")]
        return Array(((heading + lines).joined(separator: "\n") + "\n").utf8)
    }
}
