import PowerLine

/// A line between two ends, in steps of time: it loses, repeats, reorders, delays, corrupts and cuts what goes over it, as
/// its seed says.
struct LossyLine {
    /// How often in a hundred each happens to a piece.
    struct Faults {
        var loses = 0
        var repeats = 0
        var delays = 0
        var corrupts = 0
        var cuts = 0
        var adds = 0
        static let none = Faults()
        static let rough = Faults(loses: 15, repeats: 15, delays: 25, corrupts: 15, cuts: 10, adds: 10)
    }

    let faults: Faults
    var random: SeededRandom
    private var pieces: [(arrives: Int, order: UInt64, bytes: [UInt8])] = []

    init(_ faults: Faults, seed: UInt64) {
        self.faults = faults
        random = SeededRandom(state: seed)
    }

    /// Puts a piece on the line at a moment.
    mutating func put(_ bytes: [UInt8], at now: Int) {
        if happens(faults.adds) {
            add((0..<Int.random(in: 1...40, using: &random)).map { _ in .random(in: 0...255, using: &random) }, now)
        }
        guard !happens(faults.loses) else { return }
        add(bytes, now)
        if happens(faults.repeats) { add(bytes, now) }
    }

    private mutating func add(_ bytes: [UInt8], _ now: Int) {
        var bytes = bytes
        if happens(faults.corrupts) {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
        }
        if happens(faults.cuts) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
        let delay = happens(faults.delays) ? Int.random(in: 2...200, using: &random) : 1
        pieces.append((now + delay, random.next(), bytes))
    }

    private mutating func happens(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    /// What arrives by `now`; pieces of one moment in any order.
    mutating func take(at now: Int) -> [[UInt8]] {
        let arrived = pieces.filter { $0.arrives <= now }.sorted { ($0.arrives, $0.order) < ($1.arrives, $1.order) }
        pieces.removeAll { $0.arrives <= now }
        return arrived.map(\.bytes)
    }
}

/// SplitMix64, so that a test is the same each time.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
