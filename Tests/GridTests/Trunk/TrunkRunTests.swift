import TestSupport
import Testing
import ValueProtocol

@testable import Grid

/// Random runs with interruptions at any message.
struct TrunkRunTests {
    /// A random run; its book is complete at the end.
    static func run(seed: UInt64, restarts: Bool) -> (world: TrunkWorld, hasEnded: Bool) {
        var limits = TrunkLimits()
        limits.credit = 1 + Int(seed % 40)
        limits.items = 1 + Int(seed % 7)
        limits.queue = 12
        limits.grace = .seconds(2)
        var world = TrunkWorld(seed: seed, limits: limits)
        world.settle()
        for _ in 0..<120 {
            for _ in 0..<Int.random(in: 0...4, using: &world.random) {
                world.ask(within: .milliseconds(Int.random(in: 1...20_000, using: &world.random)))
            }
            switch Int.random(in: 0..<20, using: &world.random) {
            case 0...5: world.wire.messagesLeft = Int.random(in: 1...12, using: &world.random)
            case 6:
                if let exchange = world.asked.randomElement(using: &world.random) {
                    world.upper.cancel(exchange.id, at: world.now)
                }
            case 7 where restarts: world.restartLower()
            case 8: world.report()
            default: break
            }
            world.settle()
            world.pass(.milliseconds(Int.random(in: 0...900, using: &world.random)))
        }
        world.wire.messagesLeft = nil
        let hasEnded = world.run()
        return (world, hasEnded)
    }

    @Test(arguments: [false, true])
    func `every exchange ends once, and with what is true of it`(restarts: Bool) {
        var (answered, others) = (0, Set<ExchangeOutcome>())
        for seed in UInt64(1)...60 {
            let (world, hasEnded) = Self.run(seed: seed, restarts: restarts)
            #expect(hasEnded, "seed \(seed)")
            #expect(world.faults.isEmpty, "seed \(seed): \(world.faults)")
            #expect(Set(world.handedOn).count == world.handedOn.count, "handed on twice, seed \(seed)")
            let handedOn = Set(world.handedOn)
            for exchange in world.asked {
                let outcomes = world.ended[exchange.id] ?? []
                #expect(outcomes.count == 1, "seed \(seed): \(exchange.id) \(outcomes)")
                guard let outcome = outcomes.first else { continue }
                switch outcome {
                case .answered: #expect(world.said[exchange.id] == outcome, "seed \(seed)")
                case .notSent:
                    #expect(
                        !handedOn.contains(exchange.id) || world.said[exchange.id] == outcome,
                        "seed \(seed): \(exchange.id) was handed on")
                case .perhapsDone: break
                }
                if case .answered = outcome { answered += 1 } else { others.insert(outcome) }
            }
            #expect(world.ended.count == world.asked.count, "seed \(seed)")
        }
        // The runs reach what they are about.
        #expect(answered > 500)
        #expect(
            others.isSuperset(of: [
                .notSent(.late), .notSent(.full), .notSent(.cancelled), .notSent(.silent), .perhapsDone(.late),
                .perhapsDone(.disconnected), .perhapsDone(.silent),
            ]), "\(others)")
        #expect(others.contains(.perhapsDone(.restarted)) == restarts)
    }

    @Test func `with time enough every exchange is answered, wherever the connection is cut`() {
        // A cut at each message of the same run, one after the other.
        for cut in 1...80 {
            var limits = TrunkLimits()
            limits.credit = 6
            limits.items = 2
            var world = TrunkWorld(seed: 11, limits: limits)
            world.wire.messagesLeft = cut
            world.slowest = .milliseconds(60)
            for _ in 0..<25 { world.ask(within: .seconds(600)) }
            world.report()
            world.settle()
            let hasEnded = world.run()
            #expect(hasEnded, "cut at \(cut)")
            #expect(world.faults.isEmpty, "cut at \(cut): \(world.faults)")
            #expect(world.handedOn.count == 25, "cut at \(cut)")
            for (id, outcomes) in world.ended { #expect(outcomes == [world.said[id]], "cut at \(cut)") }
            #expect(world.ended.count == 25, "cut at \(cut)")
            world.pass(.seconds(1))
            #expect(world.reports.count == 1, "cut at \(cut)")
        }
    }

    @Test func `each report arrives once, in order`() {
        for seed in UInt64(1)...20 {
            let (world, _) = Self.run(seed: seed, restarts: false)
            var settled = world
            settled.pass(.seconds(1))
            let found = settled.reports.map { report -> UInt64 in
                guard case .otherMeter(_, let found) = report.content else { return 0 }
                return found.rawValue
            }
            #expect(found == (0..<settled.reportsMade).map { UInt64($0) + 1 }, "seed \(seed)")
        }
    }

    @Test func `equal runs are equal`() {
        for seed in UInt64(1)...5 {
            let first = Self.run(seed: seed, restarts: true).world
            let second = Self.run(seed: seed, restarts: true).world
            #expect(first.ended == second.ended)
            #expect(first.handedOn == second.handedOn)
            #expect(first.batches == second.batches)
            #expect(first.now == second.now)
        }
    }
}
