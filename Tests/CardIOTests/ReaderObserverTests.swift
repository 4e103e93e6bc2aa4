import Testing

@testable import CardIO

@Suite struct ReaderObserverTests {
    private let present: UInt32 = 0x20
    private let empty: UInt32 = 0x10
    private let mute: UInt32 = 0x200

    private func state(_ reader: String, _ flags: UInt32, changes: UInt32, _ answer: [UInt8] = []) -> ReaderState {
        ReaderState(reader: reader, rawValue: flags | changes << 16, answerToReset: answer)
    }

    @Test func `the first look tells what is there`() {
        var observer = ReaderObserver()
        let events = observer.observe([state("A", empty, changes: 0), state("B", present, changes: 1, [0x3B])])
        #expect(
            events == [
                .readerArrived(reader: "A"), .readerArrived(reader: "B"),
                .cardInserted(reader: "B", answerToReset: [0x3B]),
            ])
        #expect(observer.observe([state("A", empty, changes: 0), state("B", present, changes: 1, [0x3B])]).isEmpty)
    }

    @Test func `a card changed between two looks is two events`() {
        var observer = ReaderObserver()
        _ = observer.observe([state("A", present, changes: 1, [1])])
        #expect(
            observer.observe([state("A", present, changes: 3, [2])])
                == [.cardRemoved(reader: "A"), .cardInserted(reader: "A", answerToReset: [2])])
        #expect(observer.observe([state("A", empty, changes: 4)]) == [.cardRemoved(reader: "A")])
    }

    @Test func `a reader that leaves takes its card along`() {
        var observer = ReaderObserver()
        _ = observer.observe([state("A", present, changes: 1, [1]), state("B", empty, changes: 0)])
        #expect(
            observer.observe([state("B", empty, changes: 0)])
                == [.cardRemoved(reader: "A"), .readerLeft(reader: "A")])
    }

    @Test func `a mute card is reported`() {
        var observer = ReaderObserver()
        _ = observer.observe([state("A", empty, changes: 0)])
        #expect(observer.observe([state("A", present | mute, changes: 1)]) == [.cardMute(reader: "A")])
        #expect(
            observer.observe([state("A", present, changes: 1, [1])])
                == [.cardInserted(reader: "A", answerToReset: [1])])
    }
}
