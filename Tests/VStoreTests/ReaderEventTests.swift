import CardIO
import Testing

@testable import vstore

/// The lines of reader watch.
@Suite("Reader events") struct ReaderEventTests {
    /// 2026-01-05, 00:00 UTC, seen in Vienna.
    private static let time = LocalTime(seconds: 1_767_571_200, offset: 3600)
    private static let card = ReaderEvent.cardInserted(reader: "R", answerToReset: [0x3B, 0x00])

    @Test(arguments: [
        (0, "2026-01-05 00:00:00"), (3600, "2026-01-05 01:00:00"), (-34_200, "2026-01-04 14:30:00"),
        (20_700, "2026-01-05 05:45:00"),
    ]) func `a time is local for people, and in UTC for programs`(offset: Int, text: String) {
        let time = LocalTime(seconds: 1_767_571_200, offset: offset)
        #expect(time.text == text)
        #expect(time.utc == "2026-01-05T00:00:00Z")
    }

    @Test func `a line has the local time and the card's probable name`() {
        func text(_ event: ReaderEvent, _ cards: [String]?) -> String {
            ReaderEventLine(event: event, time: Self.time, cards: cards).text
        }
        #expect(text(.readerArrived(reader: "R"), nil) == "2026-01-05 01:00:00  reader R")
        #expect(text(Self.card, nil) == "2026-01-05 01:00:00  card in R: 3B 00  (T=0)")
        #expect(text(Self.card, []) == "2026-01-05 01:00:00  card in R: 3B 00  (T=0)")
        #expect(text(Self.card, ["A"]) == "2026-01-05 01:00:00  card in R: 3B 00  (T=0), probably A")
        #expect(text(Self.card, ["A", "B", "C"]).hasSuffix(", probably A (or 2 more; see reader info)"))
    }

    @Test func `JSON has the time in ISO 8601 and all names`() {
        func json(_ event: ReaderEvent, _ cards: [String]?) -> String {
            "\(ReaderEventLine(event: event, time: Self.time, cards: cards).json)"
        }
        #expect(
            json(Self.card, ["A", "B"])
                == #"{"event":"card-inserted","time":"2026-01-05T00:00:00Z","reader":"R","atr":"3B00","cards":["A","B"]}"#
        )
        #expect(
            json(.cardRemoved(reader: "R"), nil)
                == #"{"event":"card-removed","time":"2026-01-05T00:00:00Z","reader":"R"}"#)
    }
}
