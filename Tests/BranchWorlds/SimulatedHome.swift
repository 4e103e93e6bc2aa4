internal import Analysis
internal import Foundation

/// A home: what it takes in each quarter hour, and how its meter errs.
struct SimulatedHome {
    /// Net W in each quarter hour; negative where it gives back.
    let power: [Double]
    /// W that pass the meter in both directions within a quarter hour, beyond the net.
    private let both: [Double]
    /// Of what it uses itself.
    let meanPower: Double
    /// The share that the meter does not see, and the quarter hour from which on.
    var bypass: (share: Double, from: Int)?
    /// Of the meter, as shares: at all loads, at low loads, per kelvin.
    private let gain: Double
    private let lowGain: Double
    private let warmGain: Double
    private let clock: SimulatedClock

    /// No two homes have the same profile with the same weeks.
    init(
        hasSun: Bool, count: Int, season: Int, _ shapes: LoadShapes, _ plan: BranchPlan, _ taken: inout Set<Int>,
        _ dice: inout SeededDice
    ) {
        var place = dice.index(below: 6 * 52)
        while taken.contains(place), taken.count < 6 * 52 { place = (place + 1) % (6 * 52) }
        taken.insert(place)
        let (shape, shift) = (shapes.households[place % 6], place / 6 * 672)
        // 3,000 kWh per year on average.
        let mean = min(max(3000 * dice.factor(0.45), 800), 12_000) / 8.784
        let system = hasSun ? dice.uniform(3000...10_000) : 0
        var power = [Double](repeating: 0, count: count)
        var both = power
        var sum = 0.0
        for quarter in 0..<count {
            let used = mean * shape[(quarter + shift) % LoadShapes.count] * dice.factor(0.3)
            let sun = hasSun ? system * shapes.sun[(quarter + season) % LoadShapes.count] * dice.factor(0.1) : 0
            power[quarter] = used - sun
            both[quarter] = sun > 0 ? 0.1 * min(used, sun) : 0
            sum += used
        }
        self.power = power
        self.both = both
        meanPower = sum / Double(count)
        let limit = plan.meterClass.percent / 100
        gain = dice.uniform(-limit...limit)
        lowGain = dice.uniform(-limit / 2...limit / 2)
        warmGain = dice.uniform(-1...1) * 1e-4 + 0.3e-4
        clock = SimulatedClock(plan, count: count, &dice)
    }

    /// Wh per quarter hour, by the meter's clock.
    func read(_ temperature: [Double], _ plan: BranchPlan, _ dice: inout SeededDice) -> (
        taken: [Double], given: [Double]
    ) {
        let seen = power.indices.map { quarter in
            let passed = bypass.map { quarter >= $0.from ? power[quarter] * (1 - $0.share) : power[quarter] }
            let net = passed ?? power[quarter]
            let error = gain + lowGain * exp(-abs(net) / 50) + warmGain * (temperature[quarter] - 20)
            return net * (1 + error)
        }
        let net = clock.shifted(seen, 0.5, &dice)
        var (taken, given) = ([Double](), [Double]())
        for quarter in net.indices {
            let extra = both[quarter] / 4
            taken.append(max(0, net[quarter]) + extra)
            given.append(max(0, -net[quarter]) + extra)
        }
        return (taken, given)
    }
}

/// A clock that is off, and drifts within its tolerance.
struct SimulatedClock {
    private let start: Double
    /// Seconds per quarter hour.
    private let drift: Double
    private let tolerance: Double

    init(_ plan: BranchPlan, count: Int, _ dice: inout SeededDice) {
        tolerance = plan.clocks
        start = dice.uniform(-tolerance...tolerance)
        drift = dice.normal() * 0.3 / 96
    }

    /// Wh of the whole quarter hours of a power in W, each of which begins and ends when this clock says.
    ///
    /// The power at an edge is that of the quarter hours beside it times a random factor of this deviation.
    func shifted(_ power: [Double], _ deviation: Double, _ dice: inout SeededDice) -> [Double] {
        var before = 0.0
        var energy: [Double] = []
        energy.reserveCapacity(power.count - 2)
        for edge in 0..<power.count - 1 {
            let seconds = min(max(start + drift * Double(edge), -tolerance), tolerance)
            let there = (power[max(0, edge - 1)] + power[edge]) / 2 * dice.factor(deviation)
            let moved = seconds / 3600 * there
            if edge > 0 { energy.append(power[edge - 1] / 4 + moved - before) }
            before = moved
        }
        return energy
    }
}
