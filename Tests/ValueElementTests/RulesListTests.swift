import CardCrypto
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// Tables and rules in one list, and rules in parts (protocol §10).
@Suite struct RulesListTests {
    private static func rules(
        _ id: UInt16, at effective: UInt32, currency: Currency = .euro, channels: UInt8 = 1, holidays: Int = 0
    ) throws -> SupplyRules {
        try SupplyRules(
            id: id, effective: Timestamp(rawValue: effective), currency: currency,
            holidays: (0..<holidays).map { SupplyRules.Holiday(month: 1, day: 1, year: UInt16(2000 + $0)) },
            sources: (0..<channels).map { SupplyRules.Source(channel: $0, price: Amount(rawValue: 77)) })
    }

    private func parts(_ rules: SupplyRules, _ htxn: UInt64) -> [ConvertRules] {
        ConvertRules.parts(of: rules, htxn: HostTransaction(rawValue: htxn), time: Timestamp(rawValue: 9))
    }

    private func ids(_ victim: Victim) throws -> [UInt16] {
        let charges = try victim.image.charges
        return [charges.inForce?.system.id ?? 0] + charges.ahead.map(\.system.id)
    }

    @Test func `rules of ten parts are taken with the last`() throws {
        let victim = try Victim(World.issuedMeter())
        var session = try victim.session(KeyName(.tariff, 1))
        let rules = try Self.rules(5, at: 500, holidays: 480)
        let all = parts(rules, 1)
        #expect(all.count == 10)
        for (index, part) in all.enumerated() {
            #expect(try victim.image.kept.isEmpty && victim.image.charges == ChargeList())
            let isLast = index == all.count - 1
            let outcome = try session.execute(part)
            #expect(outcome.status == .done)
            #expect(outcome.answer == [UInt8(index + 1), 0, isLast ? 5 : 0] + bigEndian(1 as UInt64))
        }
        let image = try victim.image
        #expect(image.charges.inForce?.system == .rules(rules) && image.lastTable == 5)
        let kept = try #require(image.kept.last)
        #expect(kept.op == .convertRules && kept.table == 5 && kept.amount == .zero && kept.balance.rawValue == 1_000)
    }

    /// Which part, of how many, under which number, follow a first part of three; and whether they are taken.
    @Test func `parts out of order are refused and leave those before them`() throws {
        let victim = try Victim(World.issuedMeter())
        let rules = try Self.rules(5, at: 500, holidays: 120)
        let all = parts(rules, 7)
        try #require(all.count == 3)
        func changed(
            _ part: ConvertRules, htxn: UInt64 = 7, part number: UInt8? = nil, parts: UInt8? = nil
        ) -> ConvertRules {
            ConvertRules(
                htxn: HostTransaction(rawValue: htxn), time: part.time, part: number ?? part.part,
                parts: parts ?? part.parts, bytes: part.bytes)
        }
        var session = try victim.session(KeyName(.tariff, 1))
        #expect(try session.status(all[1]) == .malformed, "part 0 comes first")
        #expect(try session.status(all[0]) == .done)
        for wrong in [
            all[2], changed(all[1], htxn: 8), changed(all[1], parts: 4), changed(all[1], part: 3),
            changed(all[1], part: 4), changed(all[1], parts: 0), changed(all[1], parts: 13),
        ] {
            #expect(try session.status(wrong) == .malformed)
        }
        let empty = ConvertRules(htxn: all[1].htxn, time: all[1].time, part: 1, parts: 3, bytes: [])
        #expect(try session.status(empty) == .malformed)
        let long = ConvertRules(
            htxn: all[1].htxn, time: all[1].time, part: 1, parts: 3, bytes: [UInt8](repeating: 0, count: 201))
        #expect(try session.status(long) == .malformed)
        #expect(try session.status(all[1]) == .done, "part 0 still counts")
        #expect(try session.status(all[1]) == .malformed, "twice")
        // Another operation of the session between two parts, and the parts of others that begin anew.
        #expect(try session.status(AskStatus(service: .gas)) == .done)
        #expect(try session.status(changed(all[0], htxn: 8)) == .done)
        #expect(try session.status(all[2]) == .malformed, "begun anew")
        for part in all { #expect(try session.status(part) == .done) }
        #expect(try ids(victim) == [5])
    }

    @Test func `parts live in their session alone`() throws {
        let victim = try Victim(World.issuedMeter())
        let all = parts(try Self.rules(5, at: 500, holidays: 60), 7)
        try #require(all.count == 2)
        var session = try victim.session(KeyName(.tariff, 1))
        #expect(try session.status(all[0]) == .done)
        session = try victim.session(KeyName(.tariff, 1))
        #expect(try session.status(all[1]) == .malformed)
        #expect(try session.status(all[0]) == .done)
        try victim.card.reset()
        session = try victim.session(KeyName(.tariff, 1))
        #expect(try session.status(all[1]) == .malformed)
    }

    /// Malformed, HTXN, 0009, 0001, parts out of order, rules, 0002, 0003.
    @Test func `order of business`() throws {
        let victim = try Victim(World.issuedMeter())
        var session = try victim.session(KeyName(.tariff, 1))
        let first = parts(try Self.rules(5, at: 500), 9)[0]
        #expect(try session.status(first) == .done)
        func request(
            _ htxn: UInt64, _ bytes: [UInt8], part: UInt8 = 0, parts: UInt8 = 1
        ) -> ConvertRules {
            ConvertRules(
                htxn: HostTransaction(rawValue: htxn), time: Timestamp(rawValue: 9), part: part, parts: parts,
                bytes: bytes)
        }
        let junk: [UInt8] = [0xFF]
        let dollars = try Self.rules(6, at: 5000, currency: World.dollar).bytes
        // Kept: to any part, with the parts asked.
        for (part, parts) in [(0, 1), (7, 12), (200, 3), (0, 0)] as [(UInt8, UInt8)] {
            let outcome = try session.execute(request(9, junk, part: part, parts: parts))
            #expect(outcome.status == .alreadyApplied && outcome.answer == [parts, 0, 5] + bigEndian(9 as UInt64))
        }
        #expect(try session.status(request(9, junk, parts: 13)) == .malformed)
        #expect(try session.status(request(9, [])) == .malformed)
        #expect(try session.status(request(0, junk)) == .malformed)
        #expect(try session.status(request(8, junk, part: 7)) == .stale)
        #expect(try session.status(request(10, junk)) == .malformed)
        #expect(try session.status(request(10, try Self.rules(6, at: 5000, channels: 2).bytes)) == .done)
        #expect(try session.status(request(11, dollars)) == .wrongCurrency)
        for id in 7...9 as ClosedRange<UInt16> {
            let rules = try Self.rules(id, at: 5000 + UInt32(id))
            #expect(try session.status(request(UInt64(id) + 4, rules.bytes)) == .done)
        }
        #expect(try ids(victim) == [5, 6, 7, 8, 9])
        #expect(try session.status(request(20, dollars)) == .wrongCurrency)
        #expect(try session.status(request(20, try Self.rules(30, at: 9000).bytes)) == .overLimit)
        #expect(try session.status(request(20, try Self.rules(30, at: 5007).bytes)) == .done, "in place of one")
        #expect(try ids(victim) == [5, 6, 30, 8, 9])
        #expect(try session.status(request(21, try Self.rules(31, at: 1000).bytes)) == .done, "due already")
        #expect(try ids(victim) == [31, 6, 30, 8, 9])

        var blocked = World.issuedMeter(.blocked)
        blocked.purses = []
        var other = try Victim(blocked).session(KeyName(.tariff, 1))
        #expect(try other.status(request(1, junk, part: 7)) == .blocked)
        blocked.state = .issued
        other = try Victim(blocked).session(KeyName(.tariff, 1))
        #expect(try other.status(request(1, junk, part: 7)) == .unknownService)
        var card = try Victim(World.issuedCard()).session(KeyName(.tariff, 1))
        #expect(try card.status(request(1, junk, part: 7)) == .malformed)
    }

    @Test func `numbers of tables and rules are one sequence`() throws {
        let victim = try Victim(World.issuedMeter())
        var session = try victim.session(KeyName(.tariff, 1))
        #expect(try session.status(parts(try Self.rules(5, at: 5000), 1)[0]) == .done)
        #expect(try session.status(World.tariff(1, World.table(5))) == .malformed)
        #expect(try session.status(World.tariff(2, World.table(6))) == .done)
        #expect(try session.status(parts(try Self.rules(6, at: 5000), 2)[0]) == .malformed)
        #expect(try session.status(World.tariff(3, World.table(0))) == .malformed, "an id is above 0")
        #expect(try session.status(parts(try Self.rules(7, at: 5000), 3)[0]) == .done)
        let again = try session.execute(World.tariff(2, World.table(6)))
        #expect(again.status == .alreadyApplied && again.answer == [0, 7] + bigEndian(2 as UInt64))
    }

    /// Random lists against a model: what is in force, what waits, and a memory that holds the same.
    @Test(arguments: 0..<12 as Range<UInt64>)
    func `the list is the model's`(seed: UInt64) throws {
        var numbers = SeededGenerator(seed: seed)
        let victim = try Victim(World.issuedMeter())
        var (inForce, ahead) = (0 as UInt16, [UInt32: UInt16]())
        var session = try victim.session(KeyName(.tariff, 1))
        for step in 1...150 as ClosedRange<UInt16> {
            var now = victim.clock.now.rawValue
            if Int.random(in: 0..<3, using: &numbers) == 0 {
                let time = Timestamp(rawValue: UInt32.random(in: 900...1600, using: &numbers))
                var admin = try victim.session(KeyName(.admin, 1))
                #expect(try admin.status(SetClock(time)) == .done)
                for clock in [now, time.rawValue] {
                    for effective in ahead.keys.filter({ $0 <= clock }).sorted() {
                        inForce = ahead.removeValue(forKey: effective)!
                    }
                }
                now = time.rawValue
                session = try victim.session(KeyName(.tariff, 1))
            }
            let effective = UInt32.random(in: 1000...1600, using: &numbers)
            let isTable = Bool.random(using: &numbers)
            let status =
                isTable
                ? try session.status(
                    ConvertTariff(
                        htxn: HostTransaction(rawValue: UInt64(step)), time: Timestamp(rawValue: 9),
                        effective: Timestamp(rawValue: effective), table: World.table(step)))
                : try session.status(parts(try Self.rules(step, at: effective), UInt64(step))[0])
            if effective <= now {
                inForce = step
            } else if ahead[effective] != nil || ahead.count < 4 {
                ahead[effective] = step
            } else {
                #expect(status == .overLimit)
                continue
            }
            #expect(status == .done)
            if step % 10 == 0 {
                try victim.card.reset()
                session = try victim.session(KeyName(.tariff, 1))
            }
            #expect(try ids(victim) == [inForce] + ahead.sorted { $0.key < $1.key }.map(\.value))
            let account = try session.execute(AskAccount(service: .gas)).answer
            let following = ahead.min { $0.key < $1.key }?.value ?? 0
            #expect(Array(account[48..<52]) == bigEndian(inForce) + bigEndian(following))
            // Only what the list holds is kept in memory.
            let records = try victim.records.keys.filter { (0x0010..<0x0015).contains($0.rawValue) }
            #expect(records.count == ahead.count + (inForce == 0 ? 0 : 1))
        }
        #expect(inForce > 0)
    }

    /// `last id ‖ table in force ‖ table that waits` in one record, as earlier versions wrote it.
    @Test(arguments: [true, false], [true, false])
    func `an earlier version's tables are read, and written anew at the next change`(
        hasCurrent: Bool, hasNext: Bool
    ) throws {
        var records = ValueCard.records(World.issuedMeter())
        records[RecordName(0x000B)] = nil
        var old = bigEndian(4 as UInt16)
        for (isThere, id, effective) in [(hasCurrent, 3, 200), (hasNext, 4, 2000)] as [(Bool, UInt16, UInt32)] {
            let table = World.table(id).bytes
            old += isThere ? [UInt8(table.count)] + bigEndian(effective) + bigEndian(7 as UInt32) + table : [0]
        }
        records[RecordName(0x0005)] = old
        let victim = try Victim(records)
        let expected: [UInt16] = [hasCurrent ? 3 : 0] + (hasNext ? [4] : [])
        #expect(try ids(victim) == expected && victim.image.lastTable == 4)
        var session = try victim.session(KeyName(.tariff, 1))
        #expect(try victim.records[RecordName(0x0005)] == old, "what did not change stays")
        #expect(try session.status(World.tariff(1, World.table(9))) == .done)
        #expect(try victim.records[RecordName(0x0005)] == nil)
        #expect(try ids(victim) == [9] + (hasNext ? [4] : []))
        try victim.card.reset()
        #expect(try ids(victim) == [9] + (hasNext ? [4] : []) && victim.image.lastTable == 9)
    }

    @Test func `a meter of several channels takes rules that price each, and no table`() throws {
        let failure = FailureSwitch()
        let memory = VolatileMemory(ValueCard.records(World.issuedMeter()), failure: failure)
        let victim = try Victim(over: memory, failure, channelCount: 2)
        var session = try victim.session(KeyName(.tariff, 1))
        #expect(try session.status(World.tariff(1)) == .malformed)
        #expect(try session.status(parts(try Self.rules(5, at: 500), 1)[0]) == .malformed)
        #expect(try session.status(parts(try Self.rules(5, at: 500, channels: 2), 1)[0]) == .done)
    }
}
