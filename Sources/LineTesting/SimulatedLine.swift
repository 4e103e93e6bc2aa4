internal import PowerLine

/// A line with start and stop bits that several ends share, in virtual time: it hits bits, loses, repeats and delays what is
/// sent, and where two ends send at once, neither is understood.
///
/// The same seed gives the same faults. Times are durations since any fixed moment.
public struct SimulatedLine {
    /// What the line does to what is sent.
    public struct Faults: Sendable, Hashable {
        /// The probability that a bit is inverted; ten bits a byte. A byte without its start or stop bit is lost.
        public var bitErrorRate = 0.0
        /// The probability that a burst begins at a byte, and its longest length in bytes.
        public var burstRate = 0.0
        public var burstLength = 12
        /// The probability, per sending, that all of it is lost.
        public var loses = 0.0
        /// That it arrives again, right behind itself.
        public var doubles = 0.0
        /// That it arrives late, by up to `delay`.
        public var delays = 0.0
        public var delay = Duration.milliseconds(100)
        /// Whether an end hears what it sends itself.
        public var hasEcho = false
        /// Whether two ends that send at once spoil each other's bytes.
        public var isHalfDuplex = true

        public init() {}

        /// Everything unchanged.
        public static let none = Faults()
        /// Hit bits, and nothing else.
        public static func bitErrors(_ rate: Double) -> Faults {
            var faults = Faults()
            faults.bitErrorRate = rate
            return faults
        }
    }

    /// What happens to one sending, whatever the probabilities.
    package enum Event: Sendable, Hashable {
        case lost
        case doubled
        case delayed(Duration)
        /// The byte at the index is inverted where the mask is set.
        case hit(Int, UInt8)
        /// The byte at the index is lost.
        case cut(Int)
    }

    /// What was sent, in order.
    package struct Sending: Sendable, Hashable {
        package let end: Int
        package let begins: Duration
        package let bytes: [UInt8]
    }

    private struct Byte {
        let source: Int
        /// When it occupies the line until.
        let leaves: Duration
        let arrives: Duration
        let order: Int
        var value: UInt8
        var isLost: Bool
    }

    package let byteTime: Duration
    private let ends: Int
    private let faults: Faults
    private var random: LineRandom
    /// What happens to the sendings with these numbers, from 0.
    package var events: [Int: Event] = [:]
    /// Whether sendings are kept.
    package var isRecording = true
    package private(set) var sendings: [Sending] = []
    /// How many sendings there were, and how many bytes of each end.
    package private(set) var sendingCount = 0
    package private(set) var byteCounts: [Int]
    private var bytes: [Byte] = []
    private var first = 0
    private var free: [Duration]
    private var burst = 0
    private var order = 0

    /// - Parameters:
    ///   - bitRate: bits per second.
    ///   - ends: the number of ends, which are numbered from 0.
    ///   - faults: what it does to what is sent.
    ///   - seed: of the faults.
    package init(bitRate: Int, ends: Int = 2, faults: Faults = .none, seed: UInt64 = 1) {
        byteTime = .nanoseconds(10_000_000_000 / bitRate)
        self.ends = ends
        self.faults = faults
        random = LineRandom(seed: seed)
        free = Array(repeating: .zero, count: ends)
        byteCounts = Array(repeating: 0, count: ends)
    }

    /// When the next byte arrives; nil if none is on its way.
    package var nextArrival: Duration? { first < bytes.count ? bytes[first].arrives : nil }

    /// Sends bytes from an end: they leave one after the other, behind those that it has sent before.
    package mutating func send(_ sent: [UInt8], from end: Int, at now: Duration) {
        guard !sent.isEmpty else { return }
        let number = sendingCount
        sendingCount += 1
        byteCounts[end] += sent.count
        let begins = max(now, free[end])
        if isRecording { sendings.append(Sending(end: end, begins: begins, bytes: sent)) }
        let event = events[number]
        var delay = happens(faults.delays) ? faults.delay * Int.random(in: 1...100, using: &random) / 100 : .zero
        if case .delayed(let more) = event { delay += more }
        let isLost = happens(faults.loses) || event == .lost
        let copies = happens(faults.doubles) || event == .doubled ? 2 : 1
        var time = begins
        for _ in 0..<copies {
            for (index, value) in sent.enumerated() {
                time += byteTime
                order += 1
                var byte = Byte(
                    source: end, leaves: time, arrives: time + delay, order: order, value: value, isLost: isLost)
                spoil(&byte)
                switch event {
                case .hit(index, let mask): byte.value ^= mask
                case .cut(index): byte.isLost = true
                default: break
                }
                bytes.append(byte)
            }
        }
        free[end] = time
        if faults.isHalfDuplex { collide(end, begins, time) }
        if first > 4096 {
            bytes.removeFirst(first)
            first = 0
        }
        let late = first..<bytes.count
        bytes[late].sort { ($0.arrives, $0.order) < ($1.arrives, $1.order) }
    }

    private mutating func spoil(_ byte: inout Byte) {
        if happens(faults.burstRate) { burst = Int.random(in: 1...max(1, faults.burstLength), using: &random) }
        if burst > 0 {
            burst -= 1
            byte.value = random.byte()
        }
        guard faults.bitErrorRate > 0 else { return }
        for bit in 0..<10 where happens(faults.bitErrorRate) {
            if bit < 8 { byte.value ^= 1 << UInt8(bit) } else { byte.isLost = true }
        }
    }

    /// Bytes of different ends at the same time: what arrives is neither.
    private mutating func collide(_ end: Int, _ begins: Duration, _ ends: Duration) {
        var others: [(Duration, Duration)] = []
        for index in first..<bytes.count where bytes[index].source != end {
            let leaves = bytes[index].leaves
            guard leaves > begins, leaves - byteTime < ends else { continue }
            others.append((leaves - byteTime, leaves))
            bytes[index].value = random.byte()
        }
        guard !others.isEmpty else { return }
        for index in first..<bytes.count where bytes[index].source == end {
            let leaves = bytes[index].leaves
            guard others.contains(where: { leaves > $0.0 && leaves - byteTime < $0.1 }) else { continue }
            bytes[index].value = random.byte()
        }
    }

    private mutating func happens(_ probability: Double) -> Bool {
        probability > 0 && Double(random.next() >> 11) * 0x1p-53 < probability
    }

    /// Bytes of one end that arrive one after the other, by `limit`: a few, and none behind a flag, so that who hears them
    /// can act in time.
    ///
    /// - Returns: the bytes, which ends hear them, and when the last of them arrives; nil if none arrive.
    package mutating func receive(by limit: Duration) -> (bytes: [UInt8], ends: [Int], time: Duration)? {
        var (values, last): ([UInt8], Byte?) = ([], nil)
        while first < bytes.count, bytes[first].arrives <= limit, values.count < 4 {
            let byte = bytes[first]
            if let last, last.source != byte.source || byte.arrives - last.arrives > byteTime * 2 { break }
            first += 1
            if byte.isLost, values.isEmpty { continue }
            if !byte.isLost { values.append(byte.value) }
            if !byte.isLost { last = byte }
            if byte.isLost || byte.value == 0x7E { break }
        }
        guard let last else { return nil }
        return (values, (0..<ends).filter { faults.hasEcho || $0 != last.source }, last.arrives)
    }
}
