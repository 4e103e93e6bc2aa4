import CardIOTesting
import Issuing
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A card counts its bindings: one that was set back to an earlier state, or copied, answers a number that it must not.
@Suite struct SlotNumberTests {
    private func meter(_ number: UInt32, purse index: Int = 0) -> PursePlan {
        let purse = TestKeys.purses[index]
        return PursePlan(
            service: purse.service, currency: purse.currency, limit: purse.limit,
            meter: PartyID(issuer: purse.meter.issuer, kind: purse.meter.kind, number: number), version: 1)
    }

    private func bind(_ purse: PursePlan, on bench: IssuingBench) throws(IssueError) {
        _ = try bench.desk.rotate(
            try RotationPlan(eid: bench.eid, keys: [], rebinds: [purse]), over: bench.element)
    }

    private func issued() throws -> IssuingBench {
        let bench = try IssuingBench()
        _ = try bench.desk.issue(try bench.plan(), over: bench.element)
        return bench
    }

    @Test func `a card that was set back before a binding is blocked`() throws {
        let bench = try issued()
        let before = try bench.image()
        try bind(meter(0x201), on: bench)
        try bind(meter(0x202), on: bench)
        #expect(try bench.image().slots.first?.number == UInt32(TestKeys.purses.count + 2))
        // Its memory of before both: it counts from there, and its sessions are made to look new.
        let element = try #require(bench.elementCard.card.element)
        let nt = element.image.nt
        try element.update { image in
            image = before
            image.nt = nt
        }
        #expect(throws: IssueError(.setBack, "")) { try bind(meter(0x203), on: bench) }
        #expect(try bench.image().state == .blocked)
        #expect(bench.journal.kept.entries.last?.event == .blocked)
    }

    /// SET STATE gets no answer either: the alarm is raised again, and not forgotten.
    @Test func `the block of a card that was set back is repeated`() throws {
        for message in 1...12 {
            let bench = try issued()
            let before = try bench.image()
            for number: UInt32 in [0x201, 0x202] { try bind(meter(number), on: bench) }
            let element = try #require(bench.elementCard.card.element)
            let nt = element.image.nt
            try element.update { image in
                image = before
                image.nt = nt
            }
            bench.losses.fault = .loses(.answer, of: bench.losses.exchanges + message - 1)
            let error = try #require(throws: IssueError.self) { try bind(meter(0x203), on: bench) }
            if error.code == .session {
                try bench.repair()
                #expect(throws: IssueError.self) { try bind(meter(0x203), on: bench) }
            } else {
                #expect(error.code == .setBack)
            }
            #expect(try bench.image().state == .blocked, "\(message)")
        }
    }

    /// BIND without an answer was carried out or not: either is right, and the next is too.
    @Test(arguments: FaultyChannel.Message.allCases)
    func `a lost answer is no alarm`(_ kind: FaultyChannel.Message) throws {
        for message in 1... {
            let bench = try issued()
            bench.losses.fault = .loses(kind, of: bench.losses.exchanges + message - 1)
            for number: UInt32 in [0x201, 0x202, 0x202, 0x201] {
                do throws(IssueError) {
                    try bind(meter(number), on: bench)
                } catch {
                    #expect(error.code == .session, "\(error)")
                    try bench.repair()
                    try bind(meter(number), on: bench)
                }
            }
            #expect(try bench.image().state == .issued, "\(kind) \(message)")
            #expect(try bench.image().bindings == UInt32(TestKeys.purses.count + 3))
            guard bench.losses.hasDropped else { break }
        }
    }

    /// What a slot leaves behind is only known from the answer: until it came, the purse goes to no other meter.
    @Test func `a purse whose binding had no answer goes to no other meter`() throws {
        for message in 1... {
            let bench = try issued()
            bench.losses.fault = .loses(.answer, of: bench.losses.exchanges + message - 1)
            do throws(IssueError) {
                try bind(meter(0x201), on: bench)
                guard bench.losses.hasDropped else { break }
            } catch {
                try bench.repair()
                let wasSent = bench.journal.kept.entries.contains {
                    if case .bindStarted = $0.event { true } else { false }
                }
                let wasAnswered =
                    bench.journal.kept.entries.last.map {
                        if case .bound = $0.event { true } else { false }
                    } ?? false
                guard wasSent, !wasAnswered else { continue }
                #expect(throws: IssueError(.bindUnanswered, "")) { try bind(meter(0x202), on: bench) }
                try bind(meter(0x201), on: bench)
                try bind(meter(0x202), on: bench)
            }
        }
    }

    /// A slot that a lost BIND made has a lower number than those of other purses since.
    @Test(arguments: FaultyChannel.Message.allCases)
    func `a binding that is repeated after another purse's is no alarm`(_ kind: FaultyChannel.Message) throws {
        for message in 1... {
            let bench = try issued()
            bench.losses.fault = .loses(kind, of: bench.losses.exchanges + message - 1)
            do throws(IssueError) {
                try bind(meter(0x201), on: bench)
                guard bench.losses.hasDropped else { break }
            } catch {
                #expect(error.code == .session, "\(error)")
                try bench.repair()
            }
            try bind(meter(0x301, purse: 1), on: bench)
            try bind(meter(0x201), on: bench)
            try bind(meter(0x301, purse: 1), on: bench)
            try bind(meter(0x202), on: bench)
            #expect(try bench.image().state == .issued, "\(kind) \(message)")
        }
    }

    /// What a lost or old journal lacks, the card's own word replaces; from then on its numbers go up again.
    @Test func `a card whose purses were adopted is found when it is set back`() throws {
        for bindings in 0...2 {
            let bench = try issued()
            let before = try bench.image()
            try bind(meter(0x201), on: bench)
            let adopted = [meter(0x201)] + TestKeys.purses.dropFirst()
            bench.journal.kept.append(JournalEntry(bench.eid, .adopted(adopted), at: Timestamp(rawValue: 1)))
            // The slot that was adopted, under another key perhaps; and new ones.
            for number: UInt32 in [0x201, 0x202].prefix(bindings) { try bind(meter(number), on: bench) }
            #expect(try bench.image().state == .issued)
            let element = try #require(bench.elementCard.card.element)
            let nt = element.image.nt
            try element.update { image in
                image = before
                image.nt = nt
            }
            #expect(throws: IssueError(.setBack, ""), "\(bindings)") { try bind(meter(0x203), on: bench) }
            #expect(try bench.image().state == .blocked)
        }
    }

    @Test func `a card whose purses were adopted may have given any number before, and none twice`() throws {
        let bench = try issued()
        let kept = bench.journal.kept.entries
        for number: UInt32 in 0x201...0x205 { try self.bind(meter(number), on: bench) }
        let journal = MemoryJournal()
        for entry in kept { journal.append(entry) }
        let adopted = [meter(0x205)] + TestKeys.purses.dropFirst()
        journal.append(JournalEntry(bench.eid, .adopted(adopted), at: Timestamp(rawValue: 1)))
        let desk = IssuingDesk(authority: bench.authority, journal: journal) { Timestamp(rawValue: 1) }
        func bind(_ purse: PursePlan) throws(IssueError) {
            _ = try desk.rotate(try RotationPlan(eid: bench.eid, keys: [], rebinds: [purse]), over: bench.element)
        }
        try bind(meter(0x206))
        // Another copy of the card, that somebody else had bound meanwhile, skips a number.
        try bench.elementCard.card.element?.update { $0.bindings += 1 }
        #expect(throws: IssueError(.setBack, "")) { try bind(meter(0x207)) }
    }

    /// The journal of an earlier version has no numbers: there is nothing to compare.
    @Test func `bindings of an earlier version are not compared`() throws {
        let bench = try issued()
        let old = bench.journal.kept.entries.map { entry in
            guard case .bound(let answer) = entry.event else { return entry }
            return JournalEntry(
                entry.element, .bound(Bind.Answer(service: answer.service, binding: 0, left: nil)), at: entry.time)
        }
        let journal = MemoryJournal()
        for entry in old { journal.append(entry) }
        let desk = IssuingDesk(authority: bench.authority, journal: journal) { Timestamp(rawValue: 1) }
        _ = try desk.rotate(
            try RotationPlan(eid: bench.eid, keys: [], rebinds: [meter(0x201)]), over: bench.element)
        #expect(try bench.image().state == .issued)
    }
}
