import CardIOTesting
import HeadEnd
import Records
import RecordsSQLite
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// The invariant of the house: the sum over all ledgers changes by a purchase at the host and by energy delivered, and
/// by nothing else, whatever is lost and whoever's power fails, at every single point.
@Suite("The sum over all ledgers")
struct InvariantTests {
    static let filled: UInt64 = 50_000_000
    static let loaded: UInt64 = 20_000_000
    static let refunded: UInt64 = 3_000_000
    static let used: UInt64 = 900_000

    /// Value's whole life; every step may be repeated until it is done.
    static let story: [(name: String, step: @Sendable (World) throws -> Void)] = [
        ("fill", { try $0.fill(filled) }),
        ("issue", { try $0.issue() }),
        ("load", { try $0.load(loaded) }),
        ("first redemption", { try $0.redeem(upTo: 12_000_000) }),
        ("use", { try $0.use(upTo: 1000) }),
        ("refund", { try $0.refund(refunded) }),
        ("second redemption", { try $0.redeem(upTo: 17_000_000) }),
    ]

    /// Lives through the story in a world where one thing goes wrong, and looks at all ledgers after every step.
    private func live(in world: World, _ point: String) throws {
        var failures = 0
        for (name, step) in Self.story {
            let comment: Comment = "\(point), \(name)"
            do {
                try step(world)
            } catch {
                failures += 1
                #expect(failures == 1, "\(comment): \(error)")
                world.restorePower()
                try expectConserved(world, comment)
                try world.powerUp()
                try step(world)
            }
            try expectConserved(world, comment)
        }
        let end = try world.ledger()
        #expect(end.float == Self.filled - Self.loaded, "\(point)")
        #expect(end.card == 0 && end.onTheWay == 0, "\(point)")
        #expect(end.spent == Self.used, "\(point)")
        #expect(end.delivered == Self.loaded - Self.refunded, "\(point)")
        #expect(try world.records.unsettled().isEmpty, "\(point)")
        let books = try #require(try world.records.books(of: World.cardID).first)
        #expect(books.stored.rawValue == Self.loaded && books.refunded.rawValue == Self.refunded, "\(point)")
        try world.records.verify()
    }

    /// How much of something the story takes where nothing goes wrong.
    private func undisturbed(_ count: (World) -> Int) throws -> Int {
        let world = try World()
        for (_, step) in Self.story { try step(world) }
        return count(world)
    }

    private func expectConserved(_ world: World, _ comment: Comment) throws {
        let ledger = try world.ledger()
        #expect(ledger.possiblyDelivered.contains(ledger.delivered), comment)
        #expect(ledger.possibleFloats.contains(ledger.float), comment)
    }

    @Test func `nothing goes wrong`() throws {
        let world = try World()
        for (_, step) in Self.story { try step(world) }
        try live(in: world, "all of it again")
    }

    @Test(arguments: FaultyChannel.Message.allCases)
    func `every message lost`(_ loss: FaultyChannel.Message) throws {
        var last = 0
        for message in 1... {
            let world = try World()
            world.losses.fault = .loses(loss, of: message - 1)
            try live(in: world, "\(loss) of message \(message)")
            guard world.losses.exchanges >= message else { break }
            last = message
        }
        #expect(try last == undisturbed(\.losses.exchanges) && last > 40)
    }

    @Test(arguments: World.Part.allCases, FailureSwitch.Portion.allCases)
    func `power cut at every write`(_ part: World.Part, _ portion: FailureSwitch.Portion) throws {
        var last = 0
        for write in 1... {
            let world = try World()
            let power = world.power(of: part)
            power.cutPower(atWrite: write, keeping: portion)
            try live(in: world, "\(portion) of write \(write) of \(part)")
            guard power.writes >= write else { break }
            last = write
        }
        // The meter credits twice and counts use at the least; the cards keep NT, and what was done, every time.
        #expect(last >= (part == .meter ? 4 : 8))
    }

    @Test(arguments: [RecordFile.WritePoint.beforeCommit, .afterCommit])
    func `the host dies at every write`(_ point: RecordFile.WritePoint) throws {
        var last = 0
        for write in 1... {
            let world = try World()
            world.host.die(at: DyingProcess.Moment(write: write - 1, point: point))
            try live(in: world, "host's write \(write), \(point)")
            guard world.host.writes >= write else { break }
            last = write
        }
        #expect(try last == undisturbed(\.host.writes) && last > 8)
    }
}
