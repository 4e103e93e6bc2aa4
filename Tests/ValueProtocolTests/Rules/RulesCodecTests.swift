import RandomRules
import TestSupport
import Testing
import ValueProtocol

@Suite struct RulesCodecTests {
    @Test func `rules of any kind return from their bytes`() throws {
        var random = SeededGenerator(seed: 10)
        var lengths: [Int] = []
        for _ in 0..<500 {
            let rules = SupplyRules.any(using: &random)
            let bytes = rules.bytes
            lengths.append(bytes.count)
            #expect(try SupplyRules(bytes) == rules)
        }
        #expect(lengths.min()! < 150 && lengths.max()! > 300)
    }

    /// Every bit, every byte removed or doubled, and every end of a few rules; and many random changes of others.
    @Test func `changed bytes are refused, or are rules whose bytes they are`() {
        var random = SeededGenerator(seed: 11)
        var (refused, accepted) = (0, 0)
        func check(_ bytes: [UInt8]) {
            do throws(SupplyRulesError) {
                let rules = try SupplyRules(bytes)
                accepted += 1
                #expect(rules.bytes == bytes)
            } catch {
                refused += 1
            }
        }
        for _ in 0..<4 {
            let bytes = SupplyRules.any(using: &random).bytes
            for index in bytes.indices {
                for bit in 0..<8 {
                    var changed = bytes
                    changed[index] ^= 1 << UInt8(bit)
                    check(changed)
                }
                check(Array(bytes[..<index]))
                check(Array(bytes[..<index] + bytes[(index + 1)...]))
                check(Array(bytes[...index] + bytes[index...]))
            }
        }
        for _ in 0..<20 {
            let bytes = SupplyRules.any(using: &random).bytes
            for _ in 0..<200 {
                var changed = bytes
                for _ in 0...Int.random(in: 0...2, using: &random) {
                    let index = Int.random(in: 0..<changed.count, using: &random)
                    switch Int.random(in: 0...3, using: &random) {
                    case 0: changed[index] = .random(in: 0...255, using: &random)
                    case 1: changed.insert(.random(in: 0...255, using: &random), at: index)
                    case 2: changed.swapAt(index, Int.random(in: 0..<changed.count, using: &random))
                    default: changed[index] = [0, 1, 0x7F, 0x80, 0x81, 0x82, 0xFF].randomElement(using: &random)!
                    }
                }
                check(changed)
            }
        }
        #expect(refused > 5000 && accepted > 1000, "\(refused) refused, \(accepted) accepted")
    }

    private static let id: [UInt8] = [0x80, 2, 0, 1]
    private static let head: [UInt8] = id + [0x81, 4, 0, 0, 0, 0, 0x82, 2, 1, 0x9A]
    private static let source: [UInt8] = [0xA8, 13, 0x80, 1, 0, 0x81, 8, 0, 0, 0, 0, 0, 0, 0, 9]

    @Test(
        arguments: [
            ([], .missing, SupplyRulesField(.id)),
            (id, .missing, SupplyRulesField(.effective)),
            (head, .missing, SupplyRulesField(.source)),
            (head + source + [0x00], .unexpected, SupplyRulesField(.rules)),
            (head + source + head, .unexpected, SupplyRulesField(.rules)),
            (head + source + [0x8E, 0], .unexpected, SupplyRulesField(.rules)),
            (head + source + [0x83, 2, 0, 0], .unexpected, SupplyRulesField(.rules)),
            (head + [0x83, 3, 0, 0, 0] + source, .wrongLength, SupplyRulesField(.zone)),
            (head + [0x84, 3, 1, 1, 0] + source, .wrongLength, SupplyRulesField(.holiday)),
            (head + source + source, .duplicate, SupplyRulesField(.source, 1, .channel)),
            (head + [0x84, 0x81, 4, 1, 1, 0, 0] + source, .malformed, SupplyRulesField(.holiday)),
            (head + [0x84, 0x80, 1, 1, 0, 0] + source, .malformed, SupplyRulesField(.holiday)),
            (head + [0x84, 0x84, 0xFF, 0xFF, 0xFF, 0xFF] + source, .malformed, SupplyRulesField(.holiday)),
            (head + [0xA5, 2, 0x80, 0], .wrongLength, SupplyRulesField(.season, 0, .date)),
            (head + [0xA7, 3, 0x80, 1, 1] + source, .missing, SupplyRulesField(.rate, 0, .percent)),
            (head + [0xA7, 9, 0x80, 1, 1, 0x81, 2, 0, 1, 0x82, 0] + source, .unexpected, SupplyRulesField(.rate, 0)),
            (
                head + [0xA6, 8, 0x80, 1, 1, 0x81, 3, 0, 1, 1] + [0xA7, 7, 0x80, 1, 1, 0x81, 2, 0, 1] + source,
                .notFromMidnight, SupplyRulesField(.profile, 0, .minute, entry: 0)
            ),
            (head + [0xA6, 5, 0x80, 1, 1, 0x81, 0] + source, .wrongLength, SupplyRulesField(.profile, 0, .entries)),
            (
                head + source + [0xAC, 22, 0x80, 8, 0, 0, 0, 0, 0, 0, 0, 1, 0x81, 8, 0, 0, 0, 0, 0, 0, 0, 1, 0x82, 0],
                .wrongLength, SupplyRulesField(.credit, nil, .friendlyTimes)
            ),
        ] as [([UInt8], SupplyRulesError.Code, SupplyRulesField)])
    func `an error names the field`(_ bytes: [UInt8], _ code: SupplyRulesError.Code, _ field: SupplyRulesField) {
        let error = #expect(throws: SupplyRulesError.self) { try SupplyRules(bytes) }
        #expect(error?.code == code && error?.field == field, "\(error.map { "\($0)" } ?? "none")")
    }

    @Test func `an object of no holidays is kept, and says what none says`() throws {
        let bytes = Self.head + [0x84, 0] + Self.source
        let rules = try SupplyRules(bytes)
        #expect(rules.bytes == bytes && rules.holidays.isEmpty)
        #expect(try rules != SupplyRules(Self.head + Self.source))
    }

    private func build(
        id: UInt16 = 1, zone: SupplyRules.Zone? = nil, seasons: [SupplyRules.Season] = [],
        profiles: [SupplyRules.DayProfile] = [], blocks: [SupplyRules.Block] = [], holidays: [SupplyRules.Holiday] = []
    ) throws(SupplyRulesError) -> SupplyRules {
        try SupplyRules(
            id: id, effective: Timestamp(rawValue: 0), currency: Currency(rawValue: 410), zone: zone,
            holidays: holidays, seasons: seasons, profiles: profiles,
            rates: [SupplyRules.Rate(number: 1, percent: 100)],
            sources: [SupplyRules.Source(channel: 0, price: Amount(rawValue: 180_000))], blocks: blocks)
    }

    @Test func `building checks what parsing checks`() throws {
        #expect(throws: SupplyRulesError(.noSuchProfile, SupplyRulesField(.season, 0, .profiles, entry: 0))) {
            try build(seasons: [SupplyRules.Season(month: 1, day: 1, profiles: Array(repeating: 1, count: 8))])
        }
        #expect(throws: SupplyRulesError(.wrongLength, SupplyRulesField(.season, 0, .profiles))) {
            try build(seasons: [SupplyRules.Season(month: 1, day: 1, profiles: [])])
        }
        #expect(throws: SupplyRulesError(.notAscending, SupplyRulesField(.block, 1, .above))) {
            try build(blocks: [SupplyRules.Block(above: 5, percent: 1), SupplyRules.Block(above: 5, percent: 2)])
        }
        #expect(throws: SupplyRulesError(.outOfRange, SupplyRulesField(.holiday, 0, .year), allowed: 1...0xFFFF)) {
            try build(holidays: [SupplyRules.Holiday(month: 1, day: 1, year: 0)])
        }
        #expect(throws: SupplyRulesError(.noSuchDate, SupplyRulesField(.holiday, 0, .date))) {
            try build(holidays: [SupplyRules.Holiday(month: 2, day: 29, year: 2027)])
        }
        #expect(throws: SupplyRulesError(.notAscending, SupplyRulesField(.profile, 0, .minute, entry: 1))) {
            try build(profiles: [
                SupplyRules.DayProfile(number: 1, entries: [.init(minute: 0, rate: 1), .init(minute: 0, rate: 1)])
            ])
        }
    }

    @Test func `rules have at most 2,000 bytes`() throws {
        // 41 bytes with 1 holiday; each further one has 4, and lengths above 127 and 255 a byte more each.
        func rules(_ count: Int) throws(SupplyRulesError) -> SupplyRules {
            try build(holidays: Array(repeating: SupplyRules.Holiday(month: 5, day: 1), count: count))
        }
        let most = (1...500).last { (try? rules($0)) != nil }
        let count = try #require(most)
        #expect(try rules(count).bytes.count > 1996 && SupplyRules(rules(count).bytes) == rules(count))
        #expect(throws: SupplyRulesError(.tooLong, SupplyRulesField(.rules))) { try rules(count + 1) }
        #expect(throws: SupplyRulesError(.tooLong, SupplyRulesField(.rules))) { try rules(70_000) }
        #expect(throws: SupplyRulesError(.tooLong, SupplyRulesField(.rules))) {
            try SupplyRules(rules(count).bytes + Array(repeating: 0, count: 9))
        }
    }

    @Test func `an error says in words which entry, and what is allowed`() {
        let error = SupplyRulesError(
            .outOfRange, SupplyRulesField(.block, 1, .percent), allowed: 0...1000)
        #expect("\(error)" == "block 2, percent: the number is out of range (allowed: 0 to 1000)")
        let entry = SupplyRulesError(.noSuchRate, SupplyRulesField(.profile, 0, .rate, entry: 2))
        #expect("\(entry)" == "day profile 1, rate, entry 3: no rate has this number")
    }
}
