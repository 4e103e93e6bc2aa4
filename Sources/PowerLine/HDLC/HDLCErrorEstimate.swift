/// How often a byte is hit on a line, estimated from the last frames that were sent over it, and the length of information
/// field that carries the most.
///
/// A frame of n bytes arrives with the probability (1 − rate)ⁿ. The rate is the one under which what became of the last
/// frames is most likely. One loss alone says little: at a bit-error rate of 10⁻³ the best length loses four in ten.
struct HDLCErrorEstimate: Sendable {
    /// In two bytes: there is an estimate for each end of each connection.
    private struct Sample: Sendable {
        private let bits: UInt16

        init(_ count: Int, hasArrived: Bool) { bits = UInt16(min(count, 0x7FFF)) | (hasArrived ? 0x8000 : 0) }

        var count: Int { Int(bits & 0x7FFF) }
        var hasArrived: Bool { bits & 0x8000 != 0 }
    }

    static let sampleCount = 60
    /// Before anything is known, as if so many bytes had arrived: the first loss alone does not mean the worst line.
    private static let assumedBytes = 200

    private var samples: [Sample] = []
    private var next = 0
    /// The probability that a byte is hit.
    private(set) var rate = 0.0

    /// Records what became of a frame of `count` bytes.
    mutating func record(_ count: Int, hasArrived: Bool) {
        let sample = Sample(count, hasArrived: hasArrived)
        if samples.count < Self.sampleCount {
            samples.append(sample)
        } else {
            samples[next] = sample
            next = (next + 1) % Self.sampleCount
        }
        estimate()
    }

    /// Expectation maximization: where in a lost frame the first byte was hit follows from the rate, and the rate from
    /// that.
    private mutating func estimate() {
        var (arrived, losses, seen) = (0, 0, 0)
        for sample in samples {
            seen += sample.count
            if sample.hasArrived { arrived += sample.count } else { losses += 1 }
        }
        guard losses > 0 else {
            rate = 0
            return
        }
        let safe = Double(arrived + max(0, Self.assumedBytes - seen))
        if rate == 0 { rate = Double(losses) / (safe + Double(seen - arrived) / 2) }
        for _ in 0..<6 {
            var bytes = safe
            for sample in samples where !sample.hasArrived {
                let (count, survives) = (Double(sample.count), Self.power(1 - rate, sample.count))
                // A rate of next to nothing hits every byte of the frame alike.
                bytes += survives > 0.999 ? count / 2 : 1 / rate - count * survives / (1 - survives)
            }
            rate = min(0.5, Double(losses) / max(bytes, Double(losses)))
        }
    }

    /// `base` to the power of `exponent`.
    static func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, square, rest) = (1.0, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result *= square }
            square *= square
            rest >>= 1
        }
        return result
    }
}

/// How a message is cut: the length of its information fields, and how many frames are sent in one turn.
struct HDLCCut: Sendable, Hashable {
    var length: Int
    var frames: Int
}

extension HDLCErrorEstimate {
    /// What a turn costs beside its information, in bytes of the line.
    struct Costs: Sendable {
        /// Of a frame with information, with one flag.
        var frame: Int
        /// Of a frame without, with both flags.
        var supervisory: Int
        /// From the end of one end's frame to the beginning of the other's.
        var turnaround: Double
        /// What a wait takes where no answer comes.
        var wait: Double
    }

    /// The cut that carries the most per time, up to the negotiated one.
    ///
    /// A turn is some frames and one without information as its answer. Of the frames those before the first that is hit
    /// are taken. Where the last frame or the answer is hit, a wait ends, and then a question and its answer have to get
    /// through.
    func best(upTo limit: HDLCCut, _ costs: Costs) -> HDLCCut {
        guard rate > 0, costs.wait.isFinite else { return limit }
        let answers = Self.power(1 - rate, costs.supervisory)
        let question = answers * answers
        let asking =
            costs.wait + (2 * Double(costs.supervisory) + 2 * costs.turnaround) / question
            + (1 / question - 1) * costs.wait
        var (best, most) = (limit, 0.0)
        for length in Self.lengths(upTo: limit.length) {
            let bytes = Double(length + costs.frame)
            let arrives = Self.power(1 - rate, length + costs.frame)
            var (taken, together) = (0.0, 1.0)
            for frames in 1...limit.frames {
                together *= arrives
                taken += together
                let time =
                    Double(frames) * bytes + Double(costs.supervisory) + 2 * costs.turnaround
                    + (1 - arrives * answers) * asking
                let carried = Double(length) * taken / time
                if carried > most { (best, most) = (HDLCCut(length: length, frames: frames), carried) }
            }
        }
        return best
    }

    /// The lengths that are tried, a sixteenth apart.
    private static func lengths(upTo most: Int) -> [Int] {
        var lengths: [Int] = []
        var length = min(8, most)
        while length < most {
            lengths.append(length)
            length += max(1, length / 16)
        }
        return lengths + [most]
    }
}
