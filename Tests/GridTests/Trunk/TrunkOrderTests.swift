import TestSupport
import Testing
import ValueProtocol

@testable import Grid

struct TrunkOrderTests {
    static func exchange(
        _ number: Int, meter: Int = 1, _ priority: Exchange.Priority = .reading, seconds: Int = 60
    ) -> Exchange {
        Exchange(
            ExchangeID(origin: 1, number: UInt64(number)), with: TrunkWorld.meter(meter), .element, priority,
            until: .seconds(seconds), command: [UInt8(truncatingIfNeeded: number)])
    }

    @Test func `urgent ones go first, then those with the earlier deadline`() {
        var random = SeededGenerator(seed: 3)
        var queue = ExchangeQueue()
        let all = (0..<500).map {
            Self.exchange(
                $0, meter: $0 % 9, Exchange.Priority.allCases.randomElement(using: &random)!,
                seconds: Int.random(in: 1...40, using: &random))
        }
        for exchange in all { queue.insert(exchange) }
        // Some leave in between.
        let removed = Set(all.filter { $0.id.number % 5 == 0 }.map(\.id))
        for id in removed { queue.remove(id) }
        #expect(queue.count == 400)
        var order: [Exchange] = []
        while let exchange = queue.popFirst() { order.append(exchange) }
        #expect(order.count == 400)
        #expect(
            order.map { [Int($0.priority.rawValue), Int($0.deadline.components.seconds)] }
                == all.filter { !removed.contains($0.id) }
                .map { [Int($0.priority.rawValue), Int($0.deadline.components.seconds)] }
                .sorted { ($0[0], $0[1]) < ($1[0], $1[1]) })
    }

    @Test func `a meter with many exchanges does not hold up the others`() {
        var queue = ExchangeQueue()
        for number in 1...5 { queue.insert(Self.exchange(number, meter: 1)) }
        for number in 6...7 { queue.insert(Self.exchange(number, meter: 2)) }
        queue.insert(Self.exchange(8, meter: 3))
        var order: [UInt64] = []
        for _ in 0..<4 { order.append(queue.popFirst()!.id.number) }
        // It has had its turn, as the others.
        queue.insert(Self.exchange(9, meter: 3))
        while let exchange = queue.popFirst() { order.append(exchange.id.number) }
        #expect(order == [1, 6, 8, 2, 7, 9, 3, 4, 5])
    }

    @Test func `a meter that asks again and again has one turn per round`() {
        var queue = ExchangeQueue()
        for number in 1...50 { queue.insert(Self.exchange(number, meter: 1)) }
        var others = 0
        for number in 100..<150 {
            queue.insert(Self.exchange(number, meter: 2))
            if queue.popFirst()?.meter == TrunkWorld.meter(2) { others += 1 }
        }
        #expect((20...30).contains(others))
    }

    @Test func `a meter that asks for the first time does not overtake one that has waited`() throws {
        var limits = TrunkLimits()
        limits.items = 20
        var upper = TrunkUpper(process: 1, limits: limits)
        upper.connected(at: .zero)
        try upper.receive(.hello(TrunkHello(process: 2)), at: .zero)
        _ = upper.dequeueMessage(at: .zero)
        for number in 1...40 { upper.exchange(Self.exchange(number, meter: 1), at: .zero) }
        try upper.receive(.credit(20), at: .zero)
        _ = upper.dequeueMessage(at: .zero)
        for number in 101...105 { upper.exchange(Self.exchange(number, meter: 2), at: .zero) }
        try upper.receive(.credit(8), at: .zero)
        let message = upper.dequeueMessage(at: .zero)
        #expect(Self.ids(message) == [101, 21, 102, 22, 103, 23, 104, 24])
    }

    @Test func `what has expired is taken out, the earliest first`() {
        var queue = ExchangeQueue()
        for number in 1...30 { queue.insert(Self.exchange(number, .load, seconds: 31 - number)) }
        let next = queue.nextDeadline
        #expect(next == .seconds(1))
        queue.remove(ExchangeID(origin: 1, number: 30))
        var expired: [UInt64] = []
        while let exchange = queue.popExpired(at: .seconds(10)) { expired.append(exchange.id.number) }
        #expect(expired == [29, 28, 27, 26, 25, 24, 23, 22, 21])
        #expect(queue.count == 20)
        let first = queue.first()
        #expect(first?.id.number == 20)
    }

    @Test func `a load that is asked for last is in the next message`() throws {
        var limits = TrunkLimits()
        limits.items = 4
        var upper = TrunkUpper(process: 1, limits: limits)
        upper.connected(at: .zero)
        try upper.receive(.hello(TrunkHello(process: 2, maxItems: 4)), at: .zero)
        let hello = upper.dequeueMessage(at: .zero)
        #expect(hello == .hello(TrunkHello(process: 1, maxItems: 4)))
        try upper.receive(.credit(6), at: .zero)
        for number in 1...20 { upper.exchange(Self.exchange(number, meter: number), at: .zero) }
        let before = upper.dequeueMessage(at: .zero)
        #expect(Self.ids(before) == [1, 2, 3, 4])
        upper.exchange(Self.exchange(21, .load, seconds: 90), at: .zero)
        upper.exchange(Self.exchange(22, .recovery, seconds: 5), at: .zero)
        let after = upper.dequeueMessage(at: .zero)
        #expect(Self.ids(after) == [21, 22])
        #expect(upper.credit == 0)
        let last = upper.dequeueMessage(at: .zero)
        #expect(last == nil)
        #expect(upper.waitingCount == 16)
    }

    static func ids(_ message: TrunkMessage?) -> [UInt64] {
        guard case .exchanges(let batch)? = message else { return [] }
        return batch.map(\.id.number)
    }
}
