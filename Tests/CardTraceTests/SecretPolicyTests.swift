import CardTrace
import ISO7816
import TestSupport
import Testing

/// Secrets of test cards in traces: shown where each part on the way is asked for it, and masked everywhere else.
@Suite struct SecretPolicyTests {
    /// A PIN, a key of MIFARE for a reader, and a card number.
    private static let exchanges: [(command: String, answer: String, secret: String)] = [
        ("0020008004 34333231", "63C2", "34333231"),
        ("FF82000006 A0A1A2A3A4A5", "9000", "A0A1A2A3A4A5"),
        ("00B2010C00", "700A5A084761739001010010 9000", "4761739001010010"),
    ]

    private static func records(_ secrets: SecretPolicy) -> [TraceRecord] {
        exchanges.map { exchange in
            .exchange(
                TraceEvent(
                    time: 1, reader: "R", command: MaskedBytes(hex(exchange.command)),
                    outcome: .response(MaskedBytes(hex(exchange.answer))), duration: .zero, secrets: secrets))
        }
    }

    private static func commands(_ records: [TraceRecord]) -> [MaskedBytes] {
        records.compactMap { if case .exchange(let event) = $0 { event.command } else { nil } }
    }

    private static func file(_ format: TraceFormat, events: SecretPolicy, _ secrets: SecretPolicy) throws -> [UInt8] {
        var writer = TraceWriter(format, try APDUDictionary(), secrets: secrets)
        return records(events).reduce(writer.start()) { $0 + writer.write($1) }
    }

    @Test(arguments: TraceFormat.allCases) func `secrets are shown where that is asked for`(format: TraceFormat) throws
    {
        let search = SecretSearch(try Self.file(format, events: .shown, .shown))
        for exchange in Self.exchanges { #expect(search.finds(hex(exchange.secret)), "\(exchange)") }
    }

    /// Any one part on the way that is not asked hides them.
    @Test(
        arguments: TraceFormat.allCases, [(SecretPolicy.hidden, SecretPolicy.hidden), (.shown, .hidden)])
    func `secrets are hidden unless every part is asked`(
        format: TraceFormat, policies: (events: SecretPolicy, writer: SecretPolicy)
    ) throws {
        let search = SecretSearch(try Self.file(format, events: policies.events, policies.writer))
        for exchange in Self.exchanges { #expect(!search.finds(hex(exchange.secret)), "\(exchange)") }
    }

    @Test func `what an event has masked is not shown`() throws {
        let search = SecretSearch(try Self.file(.json, events: .hidden, .shown))
        for exchange in Self.exchanges.prefix(2) { #expect(!search.finds(hex(exchange.secret)), "\(exchange)") }
    }

    @Test(arguments: TraceFormat.allCases) func `a file says that it shows secrets`(format: TraceFormat) throws {
        let text = String(decoding: try Self.file(format, events: .shown, .shown), as: UTF8.self)
        let other = String(decoding: try Self.file(format, events: .hidden, .hidden), as: UTF8.self)
        let mark =
            switch format {
            case .json: "\"secrets\":\"shown\""
            case .text: "# PINs and keys are shown.\n"
            case .pcapng, .gsmtap: "PINs and keys are shown."
            }
        #expect(text.contains(mark) && !other.contains(mark))
    }

    @Test(arguments: [TraceFormat.json, .pcapng, .gsmtap, .text])
    func `a file with secrets is read masked unless asked`(format: TraceFormat) throws {
        let file = try Self.file(format, events: .shown, .shown)
        var writers = (
            hidden: TraceWriter(.json, try APDUDictionary()),
            shown: TraceWriter(.json, try APDUDictionary(), secrets: .shown)
        )
        var readers = (hidden: TraceReader(file: "t"), shown: TraceReader(file: "t", secrets: .shown))
        let hidden = try readers.hidden.feed(file) + readers.hidden.finish()
        let shown = try readers.shown.feed(file) + readers.shown.finish()
        // In text the fields behind the bytes are remarks; the exchanges are read all the same.
        guard format != .text else {
            #expect(!SecretSearch(hidden.flatMap { writers.hidden.write($0) }).finds(hex("34333231")))
            return
        }
        #expect(Self.commands(shown) == Self.commands(Self.records(.shown)))
        #expect(Self.commands(hidden) == Self.commands(Self.records(.hidden)))
        let search = SecretSearch(hidden.flatMap { writers.hidden.write($0) })
        let found = SecretSearch(shown.flatMap { writers.shown.write($0) })
        for exchange in Self.exchanges {
            #expect(!search.finds(hex(exchange.secret)), "\(exchange)")
            #expect(found.finds(hex(exchange.secret)), "\(exchange)")
        }
    }

    /// A log of another program has no mark; it is read the same way.
    @Test func `a log shows its secrets only where asked`() throws {
        let log = Array("> 00 20 00 80 04 34 33 32 31\n< 63 C2\n".utf8)
        for secrets in SecretPolicy.allCases {
            var reader = TraceReader(file: "log", secrets: secrets)
            let records = try reader.feed(log) + reader.finish()
            guard case .exchange(let event)? = records.first else {
                Issue.record("nothing is read")
                return
            }
            #expect(event.command.hasMasked == (secrets == .hidden))
        }
    }

    /// The fields of what is shown have their values.
    @Test func `a field that is shown has its bytes`() throws {
        var decoder = TraceDecoder(try APDUDictionary(), secrets: .shown)
        let texts = Self.records(.shown).map { record -> String in
            guard case .exchange(let event) = record else { return "" }
            return TraceText().lines(for: decoder.decode(event)).joined(separator: "\n")
        }
        #expect(!texts.joined().contains(MaskedBytes.mask))
        #expect(texts[2].contains("=4761739001010010"), "\(texts[2])")
    }
}
