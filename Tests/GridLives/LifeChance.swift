import CardCrypto
import PowerLine

/// What chance does in one life: everything follows from the seed.
final class LifeChance {
    var random: LineRandom
    var table = FaultTable()
    var history = HistoryHash()
    /// What happened, where it is recorded: for a person who looks at one life.
    var log: [String] = []
    let isLogged: Bool
    /// Whether nothing fails any more.
    var isCalm = false
    /// Until when something may still suffer from what happened.
    private(set) var troubleEnds = Duration.zero
    /// The probability that something happens to a message.
    private let rate: Double

    init(seed: UInt64, isLogged: Bool) {
        random = LineRandom(seed: seed)
        self.isLogged = isLogged
        rate = [0.002, 0.01, 0.01, 0.03].randomElement(using: &random) ?? 0.01
    }

    func happens(_ probability: Double) -> Bool {
        probability > 0 && Double(random.next() >> 11) * 0x1p-53 < probability
    }

    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

    /// A time between these, in milliseconds.
    func time(_ milliseconds: ClosedRange<Int>) -> Duration { .milliseconds(number(milliseconds)) }

    /// How long a process is down: sometimes for longer than anybody waits.
    func downTime() -> Duration { happens(0.1) ? time(60_000...150_000) : time(200...20_000) }

    /// One of the faults, or none.
    ///
    /// - Parameter weight: how much more often than with others.
    func fault<Fault: CaseIterable>(_ type: Fault.Type, weight: Double = 1) -> Fault? {
        guard !isCalm, happens(rate * weight) else { return nil }
        return Array(Fault.allCases).randomElement(using: &random)
    }

    /// Something that happened has effects until then.
    func trouble(until time: Duration) { troubleEnds = max(troubleEnds, time) }

    /// Something happened.
    func note(_ text: @autoclosure () -> String, at time: Duration, _ bytes: [UInt8] = []) {
        history.add(time)
        history.add(bytes)
        guard isLogged else { return }
        log.append("\(Self.seconds(time)) \(text())")
    }

    static func seconds(_ time: Duration) -> String {
        let milliseconds = time.components.seconds * 1_000 + time.components.attoseconds / 1_000_000_000_000_000
        let rest = String(milliseconds % 1_000)
        return "\(milliseconds / 1_000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
    }
}

/// Random blocks that follow from a life's seed.
final class LifeRandomness: RandomSource {
    private var random: LineRandom

    init(seed: UInt64) { random = LineRandom(seed: seed) }

    func block() throws(CryptoError) -> AESBlock {
        guard let block = AESBlock(random.bytes(16)) else { preconditionFailure("a block has 16 bytes") }
        return block
    }
}
