/// Writes a trace in one of its forms: records in, bytes out.
///
///     var writer = TraceWriter(.pcapng, try APDUDictionary())
///     var file = writer.start()
///     file += writer.write(.exchange(event))
///
/// PINs, keys and what dictionaries mark as secret are gone before anything is written: `••` in text and JSON; in
/// packets, which must have bytes, 00 with a comment that tells which bytes are not the real ones.
public struct TraceWriter: Sendable {
    /// The form.
    public let format: TraceFormat
    private let text: TraceText
    private var decoders: TraceDecoders
    private var packets: PcapngWriter
    /// The reader and sender that were told last, and each reader's card.
    private var told: (reader: String, sender: TraceSender?)?
    private var cards = TraceCards()

    /// - Parameters:
    ///   - format: the form.
    ///   - dictionary: the words.
    ///   - style: whether text has colours.
    public init(_ format: TraceFormat, _ dictionary: APDUDictionary, style: TraceText.Style = .plain) {
        self.format = format
        text = TraceText(style: style)
        decoders = TraceDecoders(dictionary)
        packets = PcapngWriter(format == .gsmtap ? .gsmtap : .exportedPDU)
    }

    /// What a file begins with.
    public func start() -> [UInt8] {
        switch format {
        case .text: []
        case .json: Array((TraceJSON.header + "\n").utf8)
        case .pcapng, .gsmtap: PcapngWriter.sectionHeader
        }
    }

    /// What a record adds to the file.
    public mutating func write(_ record: TraceRecord) -> [UInt8] { write(decoders.decode(record)) }

    /// What a record adds to the file that is in words already.
    public mutating func write(_ record: DecodedRecord) -> [UInt8] {
        var bytes: [UInt8] = []
        write(record, to: &bytes)
        return bytes
    }

    /// Adds a record to bytes that are on their way to the file.
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

    /// A line tells of reader, sender and time where reader or sender are others than before, for a trace of several, and
    /// another of the card where no event before has told it.
    private mutating func lines(_ record: DecodedRecord) -> [UInt8] {
        let reader: String
        let sender: TraceSender?
        let time: Int64
        var lines: [String]
        switch record {
        case .exchange(let event):
            (reader, sender, time, lines) = (event.reader, event.sender, event.time, text.lines(for: event))
            if !event.answerToReset.isEmpty, cards.answerToReset(in: reader) != event.answerToReset {
                cards.note(event.answerToReset, in: reader)
                lines.insert(text.line(forCard: event.answerToReset), at: 0)
            }
        case .card(let event):
            (reader, sender, time, lines) = (event.reader, event.sender, event.time, [text.line(for: event)])
            cards.follow(event)
        }
        let isKnown = told.map { $0.reader == reader && $0.sender == sender } ?? false
        told = (reader, sender)
        let parts =
            [reader] + (sender.map { ["from \($0)"] } ?? []) + (time > 0 ? [ValueText.time(microseconds: time)] : [])
        let heading = isKnown ? [] : ["# " + parts.joined(separator: ", ")]
        return Array(((heading + lines).joined(separator: "\n") + "\n").utf8)
    }
}
