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
    /// The reader and sender that were told last.
    private var told: (reader: String, sender: TraceSender?)?

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

    /// A line tells of reader and sender where they are others than before, for a trace of several.
    private mutating func lines(_ record: DecodedRecord) -> [UInt8] {
        let (reader, sender, lines) =
            switch record {
            case .exchange(let event): (event.reader, event.sender, text.lines(for: event))
            case .card(let event): (event.reader, event.sender, [text.line(for: event)])
            }
        let isKnown = told.map { $0.reader == reader && $0.sender == sender } ?? false
        told = (reader, sender)
        let heading = isKnown ? [] : ["# \(reader)" + (sender.map { ", from \($0)" } ?? "")]
        return Array(((heading + lines).joined(separator: "\n") + "\n").utf8)
    }
}
