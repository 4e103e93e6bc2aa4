import Testing
import ValueProtocol

@testable import Grid

/// What the other side may not say closes the trunk; and what it may say is taken.
struct TrunkTurnTests {
    /// A pair that has exchanged hellos; the upper side has credit.
    static func pair(credit: Int = 4) throws -> (upper: TrunkUpper, lower: TrunkLower) {
        var limits = TrunkLimits()
        limits.credit = credit
        var (upper, lower) = (TrunkUpper(process: 5, limits: limits), TrunkLower(process: 6, limits: limits))
        try connect(&upper, &lower)
        return (upper, lower)
    }

    static func connect(_ upper: inout TrunkUpper, _ lower: inout TrunkLower, at now: Duration = .zero) throws {
        upper.connected(at: now)
        lower.connected(at: now)
        try exchangeMessages(&upper, &lower, at: now)
    }

    /// Until both have nothing more to say.
    static func exchangeMessages(
        _ upper: inout TrunkUpper, _ lower: inout TrunkLower, at now: Duration = .zero
    ) throws {
        while true {
            if let message = lower.dequeueMessage(at: now) {
                try upper.receive(message, at: now)
            } else if let message = upper.dequeueMessage(at: now) {
                try lower.receive(message, at: now)
            } else {
                return
            }
        }
    }

    static func sent(_ number: Int, meter: Int = 1, command: [UInt8] = [1]) -> TrunkExchange {
        TrunkExchange(
            ExchangeID(origin: 1, number: UInt64(number)), with: TrunkWorld.meter(meter), .element, .reading,
            timeLeft: .seconds(60), command: command)
    }

    @Test func `before hello nothing else may be said, and hello only once`() throws {
        let others: [TrunkMessage] = [.credit(1), .accepted([]), .answers([]), .reports([])]
        for message in others {
            var upper = TrunkUpper(process: 5)
            upper.connected(at: .zero)
            #expect(throws: TrunkError(.outOfTurn, "")) { try upper.receive(message, at: .zero) }
        }
        for message in [TrunkMessage.exchanges([]), .cancel([]), .acknowledge([]), .acknowledgeReports(0)] {
            var lower = TrunkLower(process: 5)
            lower.connected(at: .zero)
            _ = lower.dequeueMessage(at: .zero)
            #expect(throws: TrunkError(.outOfTurn, "")) { try lower.receive(message, at: .zero) }
        }
        var (upper, lower) = try Self.pair()
        #expect(throws: TrunkError(.outOfTurn, "")) { try upper.receive(.hello(TrunkHello(process: 9)), at: .zero) }
        #expect(throws: TrunkError(.outOfTurn, "")) { try lower.receive(.hello(TrunkHello(process: 9)), at: .zero) }
    }

    @Test func `a message of the wrong direction is out of turn`() throws {
        var (upper, lower) = try Self.pair()
        for message in [TrunkMessage.exchanges([]), .cancel([]), .acknowledge([]), .acknowledgeReports(0)] {
            #expect(throws: TrunkError(.outOfTurn, "")) { try upper.receive(message, at: .zero) }
        }
        for message in [TrunkMessage.credit(1), .accepted([]), .answers([]), .reports([])] {
            #expect(throws: TrunkError(.outOfTurn, "")) { try lower.receive(message, at: .zero) }
        }
    }

    @Test func `a hello without sense is refused`() {
        for hello in [
            TrunkHello(process: 0), TrunkHello(process: 1, maxItems: 0), TrunkHello(process: 1, maxBytes: 65_543),
        ] {
            var upper = TrunkUpper(process: 5)
            upper.connected(at: .zero)
            #expect(throws: TrunkError(.malformed, "")) { try upper.receive(.hello(hello), at: .zero) }
        }
        var upper = TrunkUpper(process: 5)
        upper.connected(at: .zero)
        #expect(throws: TrunkError(.unsupportedVersion, "")) {
            try upper.receive(.hello(TrunkHello(version: 0, process: 1)), at: .zero)
        }
    }

    @Test func `more than the credit is refused`() throws {
        var (_, lower) = try Self.pair(credit: 2)
        #expect(throws: TrunkError(.beyondCredit, "")) {
            try lower.receive(.exchanges([Self.sent(1), Self.sent(2), Self.sent(3)]), at: .zero)
        }
        #expect(lower.count == 2)
    }

    @Test func `credit of nothing, and without end, is refused`() throws {
        var (upper, _) = try Self.pair()
        #expect(throws: TrunkError(.malformed, "")) { try upper.receive(.credit(0), at: .zero) }
        #expect(throws: TrunkError(.malformed, "")) { try upper.receive(.credit(.max), at: .zero) }
    }

    @Test func `an answer to what was never sent is refused`() throws {
        var (upper, _) = try Self.pair(credit: 1)
        upper.exchange(TrunkOrderTests.exchange(1), at: .zero)
        let answer = TrunkMessage.answers([TrunkAnswer(ExchangeID(origin: 1, number: 1), .notSent(.silent))])
        #expect(throws: TrunkError(.outOfTurn, "")) { try upper.receive(answer, at: .zero) }
        let ended = upper.dequeueOutcomes()
        #expect(ended.isEmpty)
    }

    @Test func `an acknowledgement of what was not answered is refused`() throws {
        var (_, lower) = try Self.pair()
        try lower.receive(.exchanges([Self.sent(1)]), at: .zero)
        let id = Self.sent(1).id
        #expect(throws: TrunkError(.outOfTurn, "")) { try lower.receive(.acknowledge([id]), at: .zero) }
        _ = lower.next(at: .zero)
        #expect(throws: TrunkError(.outOfTurn, "")) { try lower.receive(.acknowledge([id]), at: .zero) }
        lower.finish(id, .answered([0x90, 0]))
        #expect(throws: TrunkError(.outOfTurn, "")) { try lower.receive(.acknowledge([id]), at: .zero) }
        #expect(throws: TrunkError(.outOfTurn, "")) { try lower.receive(.acknowledgeReports(1), at: .zero) }
    }

    @Test func `an id that is another exchange's is refused`() throws {
        var (_, lower) = try Self.pair()
        try lower.receive(.exchanges([Self.sent(1)]), at: .zero)
        #expect(throws: TrunkError(.reusedID, "")) {
            try lower.receive(.exchanges([Self.sent(1, meter: 2)]), at: .zero)
        }
    }

    @Test func `more items or bytes than announced are refused`() throws {
        var limits = TrunkLimits()
        (limits.items, limits.bytes) = (3, 65_544)
        var (upper, lower) = (TrunkUpper(process: 5, limits: limits), TrunkLower(process: 6, limits: limits))
        try Self.connect(&upper, &lower)
        let ids = (1...4).map { ExchangeID(origin: 1, number: $0) }
        for message in [TrunkMessage.cancel(ids), .acknowledge(ids), .exchanges((1...4).map { Self.sent($0) })] {
            #expect(throws: TrunkError(.tooLarge, "")) { try lower.receive(message, at: .zero) }
        }
        let long = [UInt8](repeating: 0, count: 40_000)
        #expect(throws: TrunkError(.tooLarge, "")) {
            try lower.receive(.exchanges([Self.sent(1, command: long), Self.sent(2, command: long)]), at: .zero)
        }
        #expect(throws: TrunkError(.tooLarge, "")) { try upper.receive(.accepted(ids), at: .zero) }
    }

    @Test func `one that is sent again is not handed on again, and gets the same answer`() throws {
        var (upper, lower) = try Self.pair()
        upper.exchange(TrunkOrderTests.exchange(1), at: .zero)
        try Self.exchangeMessages(&upper, &lower)
        let id = ExchangeID(origin: 1, number: 1)
        let first = lower.next(at: .zero)
        #expect(first?.id == id)
        // While it is handed on.
        try lower.receive(.exchanges([Self.sent(1)]), at: .zero)
        let again = lower.next(at: .zero)
        #expect(again == nil)
        lower.finish(id, .answered([0x90, 0]))
        upper.disconnected(at: .zero)
        lower.disconnected(at: .zero)
        try Self.connect(&upper, &lower)
        let ended = upper.dequeueOutcomes()
        #expect(ended == [TrunkAnswer(id, .answered([0x90, 0]))])
        let after = lower.next(at: .zero)
        #expect(after == nil)
        #expect(lower.count == 0)
    }

    @Test func `what was accepted is asked for again without its command`() throws {
        var (upper, lower) = try Self.pair()
        upper.exchange(TrunkOrderTests.exchange(1), at: .zero)
        try Self.exchangeMessages(&upper, &lower)
        upper.disconnected(at: .zero)
        upper.connected(at: .zero)
        try upper.receive(.hello(TrunkHello(process: 6)), at: .zero)
        _ = upper.dequeueMessage(at: .zero)
        try upper.receive(.credit(1), at: .zero)
        let again = [Self.sent(1, command: [])]
        let next = upper.dequeueMessage(at: .zero)
        #expect(next == .exchanges(again))
        // A unit that does not know it says so.
        var other = TrunkLower(process: 6)
        other.connected(at: .zero)
        _ = other.dequeueMessage(at: .zero)
        try other.receive(.hello(TrunkHello(process: 5)), at: .zero)
        _ = other.dequeueMessage(at: .zero)
        try other.receive(.exchanges(again), at: .zero)
        let handedOn = other.next(at: .zero)
        #expect(handedOn == nil)
        let answer = other.dequeueMessage(at: .zero)
        #expect(answer == .answers([TrunkAnswer(again[0].id, .perhapsDone(.restarted))]))
    }

    @Test func `a new process above drops what was not handed on, and takes back what was`() throws {
        var (upper, lower) = try Self.pair()
        for number in 1...3 { upper.exchange(TrunkOrderTests.exchange(number), at: .zero) }
        try Self.exchangeMessages(&upper, &lower)
        _ = lower.dequeueEvents()
        let firstExchange = lower.next(at: .zero)
        let first = try #require(firstExchange).id
        let secondExchange = lower.next(at: .zero)
        let second = try #require(secondExchange).id
        lower.finish(second, .answered([0x90, 0]))
        var other = TrunkUpper(process: 77)
        try Self.connect(&other, &lower)
        let events = lower.dequeueEvents()
        #expect(events == [.newUpper, .cancelled(first)])
        let next = lower.next(at: .zero)
        #expect(next == nil)
        // It holds a place until its owner has done with it, and then nobody is told.
        #expect(lower.count == 1)
        lower.finish(first, .answered([0x90, 0]))
        #expect(lower.count == 0)
        try Self.exchangeMessages(&other, &lower)
        let ended = other.dequeueOutcomes()
        #expect(ended.isEmpty)
    }

    @Test func `what waits in a unit is taken back without having been handed on`() throws {
        var (upper, lower) = try Self.pair()
        for number in 1...2 { upper.exchange(TrunkOrderTests.exchange(number), at: .zero) }
        try Self.exchangeMessages(&upper, &lower)
        _ = lower.dequeueEvents()
        let firstExchange = lower.next(at: .zero)
        let first = try #require(firstExchange).id
        upper.cancel(ExchangeID(origin: 1, number: 1), at: .zero)
        upper.cancel(ExchangeID(origin: 1, number: 2), at: .zero)
        try Self.exchangeMessages(&upper, &lower)
        let events = lower.dequeueEvents()
        #expect(events == [.cancelled(first)])
        let ended = upper.dequeueOutcomes()
        #expect(ended == [TrunkAnswer(ExchangeID(origin: 1, number: 2), .notSent(.cancelled))])
        // Its owner had sent it already.
        lower.finish(first, .answered([0x90, 0]))
        try Self.exchangeMessages(&upper, &lower)
        let answered = upper.dequeueOutcomes()
        #expect(answered == [TrunkAnswer(first, .answered([0x90, 0]))])
    }

    @Test func `while the way is interrupted, what was not sent waits, and is late at its deadline`() throws {
        var (upper, lower) = try Self.pair(credit: 1)
        for number in 1...2 { upper.exchange(TrunkOrderTests.exchange(number, seconds: 10), at: .zero) }
        try Self.exchangeMessages(&upper, &lower)
        upper.disconnected(at: .seconds(1))
        upper.advance(to: .seconds(9))
        let early = upper.dequeueOutcomes()
        #expect(early.isEmpty)
        upper.advance(to: .seconds(10))
        let (first, second) = (ExchangeID(origin: 1, number: 1), ExchangeID(origin: 1, number: 2))
        let late = upper.dequeueOutcomes()
        #expect(late == [TrunkAnswer(second, .notSent(.late))])
        let graceEnd = upper.wake
        #expect(graceEnd == .seconds(15))
        upper.advance(to: .seconds(15))
        let ended = upper.dequeueOutcomes()
        #expect(ended == [TrunkAnswer(first, .perhapsDone(.disconnected))])
        let wake = upper.wake
        #expect(wake == nil)
    }

    @Test func `reports that are not fetched make way for their number`() throws {
        var limits = TrunkLimits()
        limits.reports = 4
        var (upper, lower) = (TrunkUpper(process: 5), TrunkLower(process: 6, limits: limits))
        for number in 1...10 {
            lower.report(
                UnitReport(from: TrunkWorld.unit, at: .seconds(number), .quiet(TrunkWorld.meter(number), .noise)))
        }
        try Self.connect(&upper, &lower, at: .seconds(20))
        let reports = upper.dequeueReports()
        #expect(
            reports.map(\.content)
                == [.lost(7)] + (8...10).map { .quiet(TrunkWorld.meter($0), .noise) })
        #expect(reports.map(\.time) == [.seconds(7), .seconds(8), .seconds(9), .seconds(10)])
        // They are there once.
        try Self.connect(&upper, &lower, at: .seconds(30))
        let again = upper.dequeueReports()
        #expect(again.isEmpty)
    }

    @Test func `pauses before the next attempt grow from a fifth of a second to five`() {
        var (backoff, random) = (TrunkBackoff(), SystemRandomNumberGenerator())
        var pauses: [Duration] = []
        for _ in 0..<12 { pauses.append(backoff.next(using: &random)) }
        #expect(pauses.allSatisfy { $0 >= .milliseconds(200) && $0 <= .seconds(5) })
        #expect(pauses[0] == .milliseconds(200))
        #expect(pauses.suffix(5).allSatisfy { $0 >= .milliseconds(2500) })
        backoff.reset()
        #expect(backoff.next(using: &random) == .milliseconds(200))
    }
}
