import Testing

@testable import CardIO

@Suite struct ReaderPollTests {
    private func state(_ reader: String, _ rawValue: UInt32, _ answer: [UInt8] = []) -> ReaderState {
        ReaderState(reader: reader, rawValue: rawValue, answerToReset: answer)
    }

    /// A poll that knows the readers A, with a card, and B.
    private func pollOfTwo() -> ReaderPoll {
        var poll = ReaderPoll()
        _ = poll.request(for: ["A", "B"])
        _ = poll.recordStates([
            state("A", 0x0001_0022, [0x3B]), state("B", 0x12), state(ReaderPoll.notification, 0x0002_0002),
        ])
        return poll
    }

    @Test func `new readers are read without waiting, with the number of readers as known`() {
        var poll = ReaderPoll()
        let first = poll.request(for: ["A", "B"])
        #expect(!first.waits)
        #expect(first.entries.map(\.name) == ["A", "B", ReaderPoll.notification])
        #expect(first.entries.map(\.known) == [0, 0, 0x0002_0000])
        poll = pollOfTwo()
        let second = poll.request(for: ["A", "B"])
        #expect(second.waits)
        #expect(second.entries.map(\.known) == [0x0001_0020, 0x10, 0x0002_0000])
    }

    /// The service reports no change: the reader that remains is as it was, and the number of readers is right.
    @Test func `the removal of one of two readers is reported once, and the next request waits`() {
        var poll = pollOfTwo()
        let request = poll.request(for: ["A"])
        #expect(!request.waits)
        #expect(request.entries.map(\.known) == [0x0001_0020, 0x0001_0000])
        #expect(poll.recordNoChange() == [state("A", 0x0001_0022, [0x3B])])
        let next = poll.request(for: ["A"])
        #expect(next.waits)
        #expect(next.entries.map(\.known) == [0x0001_0020, 0x0001_0000])
        #expect(poll.recordNoChange() == nil)
    }

    @Test func `the removal of the last reader is reported once, and the next request waits`() {
        var poll = pollOfTwo()
        _ = poll.request(for: [])
        #expect(poll.recordNoChange() == [])
        let next = poll.request(for: [])
        #expect(next.waits)
        #expect(next.entries.map(\.known) == [0])
        #expect(poll.recordNoChange() == nil)
    }

    @Test func `no readers at the start are reported once`() {
        var poll = ReaderPoll()
        #expect(!poll.request(for: []).waits)
        #expect(poll.recordNoChange() == [])
        #expect(poll.request(for: []).waits)
    }

    @Test func `sixteen readers leave no entry for the notification`() {
        var poll = ReaderPoll()
        let names = (1...16).map { "Reader \($0)" }
        #expect(poll.request(for: names).entries.map(\.name) == names)
        #expect(poll.recordStates(names.map { state($0, 0x12) }).count == 16)
        #expect(poll.request(for: names).waits)
    }
}
