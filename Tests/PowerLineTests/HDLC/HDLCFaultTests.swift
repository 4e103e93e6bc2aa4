import Foundation
import LineTesting
import PowerLine
import TestSupport
import Testing

/// One fault at each place of a story, and what is promised: every answer is that of its command, no command reaches the element
/// twice in one exchange, and where there is no answer, what is said of it is true.
@Suite("HDLC faults") struct HDLCFaultTests {
    private static let isCampaign = ProcessInfo.processInfo.environment["VALUESTORE_CAMPAIGN"] != nil

    /// A story: a connection, commands, and its end. Nothing of it may go wrong but by the line.
    private struct Story {
        let window: Int
        let length: Int
        let processing: Duration
        var responseLength = 60

        static let all = [
            Story(window: 1, length: 128, processing: .zero),
            Story(window: 1, length: 24, processing: .zero),
            Story(window: 3, length: 24, processing: .zero),
            Story(window: 7, length: 16, processing: .milliseconds(70), responseLength: 200),
        ]

        func run(_ events: [Int: SimulatedLine.Event]) -> HDLCRun {
            let offered = HDLCParameters(length: length, window: window)
            let responseLength = responseLength
            var run = HDLCWorld.run(offered: offered, meterOffers: offered) { command in
                Self.response(command, responseLength)
            }
            run.processing = processing
            run.line.events = events
            return run
        }

        static func response(_ command: [UInt8], _ count: Int) -> [UInt8] {
            [UInt8](repeating: command[0], count: count) + [0x90, 0x00]
        }

        /// Tells the story, and checks each outcome.
        ///
        /// - Returns: the run, for counting, and how many exchanges had no answer.
        func tell(_ events: [Int: SimulatedLine.Event]) throws -> (run: HDLCRun, unanswered: Int) {
            var run = run(events)
            var unanswered = 0
            for number in 1...3 as ClosedRange<UInt8> {
                let command = [UInt8](repeating: number, count: 40)
                let before = run.commands.count
                let outcome = run.exchange(command)
                let taken = Array(run.commands.dropFirst(before))
                switch outcome {
                case .answered(let response):
                    try #require(response == Self.response(command, responseLength), "the answer to another command")
                    try #require(taken == [command], "done once")
                case .failed(.notSent), .refused:
                    try #require(taken.isEmpty, "it was sent")
                    unanswered += 1
                case .failed(.perhapsDone):
                    try #require(taken.isEmpty || taken == [command], "done once")
                    unanswered += 1
                default: Issue.record("\(String(describing: outcome)) of an exchange")
                }
            }
            try #require(run.disconnect() == .disconnected || unanswered > 0)
            return (run, unanswered)
        }
    }

    @Test(arguments: Story.all.indices)
    func `every sending lost, doubled or delayed`(_ index: Int) throws {
        let story = Story.all[index]
        let count = try story.tell([:]).run.line.sendingCount
        for place in 0..<count {
            let lost = try story.tell([place: .lost])
            #expect(lost.unanswered == 0, "one loss fails nothing")
            for event in [.doubled, .delayed(.milliseconds(15)), .delayed(.milliseconds(60))] as [SimulatedLine.Event] {
                let (_, unanswered) = try story.tell([place: event])
                // A second UA, or one that is late, means a connection that may be new.
                #expect(unanswered <= 1)
            }
        }
    }

    @Test(arguments: Story.all.indices)
    func `every byte of every sending hit or lost`(_ index: Int) throws {
        let story = Story.all[index]
        for (place, sending) in try story.tell([:]).run.line.sendings.enumerated() {
            // Every seventh, from another place in each; the campaign has all.
            for byte in sending.bytes.indices where Self.isCampaign || byte % 7 == place % 7 {
                let mask = UInt8(1) << UInt8(byte % 8)
                for event in [.hit(byte, mask), .cut(byte)] as [SimulatedLine.Event] {
                    let (_, unanswered) = try story.tell([place: event])
                    #expect(unanswered == 0, "one hit fails nothing")
                }
            }
        }
    }

    @Test func `every two sendings lost`() throws {
        let story = Story.all[2]
        let count = try story.tell([:]).run.line.sendingCount
        for first in 0..<count {
            for second in first + 1..<count + 2 {
                #expect(try story.tell([first: .lost, second: .lost]).unanswered == 0)
            }
        }
    }
}
