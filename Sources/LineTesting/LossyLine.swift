/// A line in one direction between two ends, in time steps: it loses, repeats, reorders, delays, corrupts and truncates
/// what it carries, as determined by a random generator.
struct LossyLine {
    private struct Piece {
        let arrives: Int
        let order: UInt64
        let bytes: [UInt8]
    }

    let faults: LineFaults
    private var pieces: [Piece] = []

    init(_ faults: LineFaults) { self.faults = faults }

    /// Sends a piece at a moment.
    ///
    /// - Parameters:
    ///   - bytes: to send.
    ///   - now: the time, in the unit used to receive pieces.
    ///   - random: seeded, so that a faulty run can be repeated.
    mutating func send(_ bytes: [UInt8], at now: Int, using random: inout some RandomNumberGenerator) {
        if happens(faults.adds, &random) {
            let count = Int.random(in: 1...40, using: &random)
            add((0..<count).map { _ in .random(in: 0...255, using: &random) }, now, &random)
        }
        guard !happens(faults.loses, &random) else { return }
        add(bytes, now, &random)
        if happens(faults.repeats, &random) { add(bytes, now, &random) }
    }

    private mutating func add(_ bytes: [UInt8], _ now: Int, _ random: inout some RandomNumberGenerator) {
        var bytes = bytes
        if happens(faults.corrupts, &random) {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
        }
        if happens(faults.cuts, &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
        let delay = happens(faults.delays, &random) ? Int.random(in: 2...200, using: &random) : 1
        pieces.append(Piece(arrives: now + delay, order: random.next(), bytes: bytes))
    }

    private func happens(_ percent: Int, _ random: inout some RandomNumberGenerator) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    /// The pieces that arrive by `now`; those of one moment in any order.
    mutating func receive(at now: Int) -> [[UInt8]] {
        let arrived = pieces.filter { $0.arrives <= now }.sorted { ($0.arrives, $0.order) < ($1.arrives, $1.order) }
        pieces.removeAll { $0.arrives <= now }
        return arrived.map(\.bytes)
    }
}

/// Probability in percent of each fault per piece.
struct LineFaults: Sendable, Hashable {
    var loses = 0
    var repeats = 0
    var delays = 0
    var corrupts = 0
    var cuts = 0
    /// Noise before a piece.
    var adds = 0

    /// A line that carries everything unchanged.
    static let none = LineFaults()
    /// A line on which hardly anything arrives unchanged.
    static let rough = LineFaults(loses: 15, repeats: 15, delays: 25, corrupts: 15, cuts: 10, adds: 10)

    init(
        loses: Int = 0, repeats: Int = 0, delays: Int = 0, corrupts: Int = 0, cuts: Int = 0, adds: Int = 0
    ) {
        (self.loses, self.repeats, self.delays) = (loses, repeats, delays)
        (self.corrupts, self.cuts, self.adds) = (corrupts, cuts, adds)
    }
}
