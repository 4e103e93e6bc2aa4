import Foundation
import TestSupport
import Testing
import ValueProtocol

@testable import Grid

/// What becomes of accepted exchanges where a process of the network is killed, at every millisecond of its work.
@Suite("Exchanges that outlive a restart") struct KeptQueueTests {
    /// Runs a network whose `victims` are killed at `moment`.
    private func world(_ seed: UInt64, killing victims: [KeptWorld.Victim], at moment: Duration) -> KeptWorld {
        var world = KeptWorld(seed: seed)
        world.ask(12)
        world.run(until: moment)
        for victim in victims { world.kill(victim) }
        world.run(until: .seconds(40))
        return world
    }

    private func check(_ world: KeptWorld, _ name: String) {
        #expect(world.faults.isEmpty, "\(name)")
        for id in world.asked.keys {
            let (outcomes, count) = (world.ended[id] ?? [], world.received[id] ?? 0)
            #expect(outcomes.count == 1, "\(name): \(id) ended \(outcomes.count) times")
            switch outcomes.first {
            case .answered: #expect(count == 1, "\(name): \(id) was received \(count) times")
            case .notSent(let cause): #expect(count == 0, "\(name): \(id) was received, and is not sent: \(cause)")
            case .perhapsDone, nil: break
            }
        }
        for (id, count) in world.received { #expect(count == 1, "\(name): \(id) was received \(count) times") }
    }

    @Test(arguments: KeptWorld.Victim.allCases)
    func `each ends once with what is known, whoever is killed, and nothing is sent twice`(_ victim: KeptWorld.Victim) {
        for seed in 1...4 as ClosedRange<UInt64> {
            for step in 0..<120 {
                check(world(seed, killing: [victim], at: .milliseconds(step)), "seed \(seed), step \(step)")
            }
        }
    }

    @Test func `so it is where all are killed at once, and where the local unit is killed again and again`() {
        for step in 0..<120 {
            let all = world(9, killing: [.localUnit, .areaUnit], at: .milliseconds(step))
            check(all, "step \(step)")
            var world = KeptWorld(seed: UInt64(step))
            world.ask(20)
            for turn in 1...5 {
                world.run(until: .milliseconds(step + turn * 37))
                world.kill(.localUnit)
            }
            world.run(until: .seconds(40))
            check(world, "again, step \(step)")
        }
    }

    @Test func `a load that waited for the line is carried out after the restart`() {
        var carried = 0
        for step in 20..<100 {
            var world = KeptWorld(seed: 3)
            world.ask(12)
            world.run(until: .milliseconds(step))
            let accepted = KeptQueue(KeptWorld.queueNumber, world.disk).entries
            world.kill(.localUnit)
            world.run(until: .seconds(40))
            for entry in accepted where !entry.hasBegun && entry.outcome == nil {
                let id = entry.exchange.id
                let wasBegun = world.received[id] != nil
                guard entry.exchange.deadline > .seconds(10) else { continue }
                // What was about to begin may count as begun.
                #expect(wasBegun || world.ended[id] == [.perhapsDone(.restarted)], "step \(step): \(id)")
                carried += wasBegun ? 1 : 0
            }
        }
        #expect(carried > 100)
    }

    @Test func `what cannot be written down is not accepted, and readings go on`() {
        var world = KeptWorld(seed: 5)
        world.isDiskFull = true
        world.ask(30)
        world.run(until: .seconds(40))
        check(world, "full")
        for (id, exchange) in world.asked where exchange.deadline > .seconds(5) {
            if exchange.priority.isKept {
                #expect(world.ended[id] == [.notSent(.full)])
            } else {
                #expect(world.received[id] == 1)
            }
        }
        #expect(world.disk.isEmpty)
        world.isDiskFull = false
        world.ask(30)
        world.run(until: .seconds(80))
        check(world, "room")
        #expect(!world.disk.isEmpty)
    }

    @Test func `the file has what was written, at every cut, and nothing that is over when it is opened again`()
        async throws
    {
        try await withTemporaryFolderAsync { folder in
            let path = "\(folder.path)/exchanges"
            let exchanges = (1...3).map { TrunkOrderTests.exchange($0) }
            let first = try ExchangeFile(at: path) { .seconds(1_800_000_000) }
            let number = first.queue.number
            #expect(throws: UnitError(.inUse, path)) { try ExchangeFile(at: path) { .zero } }
            try await first.append([.upper(9)] + exchanges.map { .accepted($0) })
            try first.began([exchanges[0].id, exchanges[1].id])
            try await first.append([
                .answered(exchanges[0].id, .answered([])), .answered(exchanges[2].id, .notSent(.cancelled)),
                .answered(exchanges[1].id, .perhapsDone(.silent)), .ended(exchanges[2].id),
            ])
            let text = try Data(contentsOf: URL(filePath: path))
            var counts: Set<Int> = []
            for count in 0...text.count {
                let cut = "\(folder.path)/cut"
                try text.prefix(count).write(to: URL(filePath: cut))
                let queue = try ExchangeFile(at: cut) { .seconds(1_800_000_000) }.queue
                #expect(queue.entries.map(\.exchange.command) == exchanges.prefix(queue.entries.count).map(\.command))
                counts.insert(queue.entries.count)
                if queue.number == number, queue.upper == 9 { continue }
                #expect(queue.entries.isEmpty)
            }
            #expect(counts == [0, 1, 2, 3])
            let cut = try ExchangeFile(at: "\(folder.path)/cut") { .seconds(1_800_000_000) }
            #expect(cut.queue.entries.map(\.outcome) == [.answered([]), .perhapsDone(.silent)])
            #expect(cut.queue.entries.map(\.hasBegun) == [true, true])
        }
    }

    @Test func `a file that grows is written anew, and one that is damaged is refused`() async throws {
        try await withTemporaryFolderAsync { folder in
            let path = "\(folder.path)/exchanges"
            do {
                let file = try ExchangeFile(at: path) { .seconds(1_800_000_000) }
                for number in 1...1_500 {
                    let exchange = TrunkOrderTests.exchange(number)
                    try await file.append([
                        .accepted(exchange), .answered(exchange.id, .answered([1])), .ended(exchange.id),
                    ])
                }
                try await file.append([.accepted(TrunkOrderTests.exchange(2_000))])
                let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count
                #expect(lines < 1_000)
                #expect(file.queue.entries.count == 1)
            }
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try text.replacing("accepted", with: "excepted").write(toFile: path, atomically: false, encoding: .utf8)
            #expect(throws: UnitError.self) { try ExchangeFile(at: path) { .zero } }
        }
    }
}
