import ISO7816
import Testing

@testable import CardTrace

/// Traces from before errors had numbers: the sentences, word for word as they were stored.
@Suite struct LegacyTraceTests {
    /// Kept apart from the table under test: a trace of then does not change with it.
    static let sentences: [(text: String, code: UInt16)] = [
        ("the PC/SC service is not running", 1),
        ("the PC/SC service refuses this user", 2),
        ("no reader is there", 3),
        ("no such reader", 4),
        ("the reader is no longer there", 5),
        ("no card is in the reader", 6),
        ("the card was taken out", 7),
        ("the card was reset by another program", 8),
        ("the card does not answer", 9),
        ("another program has the card to itself", 10),
        ("the card does not speak the protocol asked for", 11),
        ("the deadline passed before an answer came", 12),
        ("the work was cancelled", 13),
        ("the answer is no response APDU", 14),
        ("the reader does not support this", 15),
        ("communication failed", 16),
        ("the PC/SC service ended or was restarted", 17),
        ("the connection to the card is closed", 18),
        ("several readers fit", 19),
        ("the transaction is over", 20),
        ("an earlier call was given up, what the card did with it is unknown", 21),
        ("this is asked for within a transaction with the same card, and would wait for itself", 22),
        ("the reader is connected, but the PC/SC service has no driver for it", 23),
        ("the reader is connected, but a program has taken it past the PC/SC service", 24),
        ("the reader does not take PINs on a keypad of its own", 25),
        ("the reader's answer breaks PC/SC part 10", 26),
        ("no PIN was typed in time", 27),
        ("the entry of the PIN was cancelled at the reader", 28),
        ("the new PIN was typed differently the second time", 29),
        ("the PIN has too few or too many digits", 30),
        ("the reader refuses this form of PIN entry", 31),
        ("the answer is not authentic: somebody altered it, or card and program do not have the same keys", 32),
        ("the secure session has ended", 33),
        ("no answer is recorded", 34),
    ]

    private func errors(_ records: [TraceRecord]) -> [CardError] {
        records.compactMap { record in
            guard case .exchange(let event) = record, case .failure(let error) = event.outcome else { return nil }
            return error
        }
    }

    @Test func `JSON of version 1 keeps every code`() throws {
        var text = #"{"trace":"vstore","version":1}"# + "\n"
        for (sentence, _) in Self.sentences {
            text +=
                #"{"time":"2026-11-20T00:00:00.000000Z","reader":"R","microseconds":1.000,"#
                + #""command":{"bytes":"00B0000000"},"#
                + #""error":{"reason":"\#(sentence)","subject":"R","remedy":"Repeat."}}"#
                + "\n"
        }
        let found = errors(try TraceReader.records(in: Array(text.utf8), file: "t"))
        #expect(found.map(\.code.rawValue) == Self.sentences.map(\.code))
        #expect(found.allSatisfy { $0.cause == nil && $0.subject == "R" })
    }

    @Test(arguments: sentences) func `a packet's note with a remedy keeps its code`(sentence: String, code: UInt16) {
        var reading = PacketNote.Reading()
        reading.parse(Array("no answer: R | \(sentence) | Repeat. | 1000 ns".utf8)[...])
        #expect(reading.error?.code.rawValue == code)
        #expect(reading.error?.cause == nil)
    }

    @Test func `another sentence becomes the cause`() {
        var reading = PacketNote.Reading()
        reading.parse(Array("no answer: R | PC/SC says: no | Repeat. | 1000 ns".utf8)[...])
        #expect(reading.error?.code == .communication)
        #expect(reading.error?.cause.map { "\($0)" } == "PC/SC says: no")
    }

    @Test func `a number decides, whatever the sentence says`() {
        #expect(CardError(recorded: 6, reason: "communication failed", subject: "R").code == .noCard)
        let newer = CardError(recorded: 60_000, reason: "no card is in the reader", subject: "R")
        #expect(newer.code == .communication)
        #expect("\(newer)".hasSuffix(" (no card is in the reader)"))
    }
}
