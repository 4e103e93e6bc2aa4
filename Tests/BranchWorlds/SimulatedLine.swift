internal import Analysis
internal import Foundation

/// The line of a branch: strings of homes on cables with losses, the weather, and the transformer.
struct SimulatedLine {
    /// Degrees Celsius per quarter hour.
    let temperature: [Double]
    /// W per quarter hour.
    let losses: [Double]
    /// W, at which the transformer's class holds.
    let ratedPower: Double
    private let gain: Double
    private let lowGain: Double
    private let reach: Double
    /// Radians.
    private let phase: Double

    init(homes: [SimulatedHome], season: Int, count: Int, _ dice: inout SeededDice) {
        temperature = Self.weather(season: season, count: count, &dice)
        let perString = 25
        // From the transformer outwards: a segment's resistance is that of its cable's length.
        let lengths = homes.map { _ in dice.factor(0.4) }
        var losses = [Double](repeating: 0, count: count)
        for first in stride(from: 0, to: homes.count, by: perString) {
            var loads = [Double](repeating: 0, count: count)
            for home in (first..<min(first + perString, homes.count)).reversed() {
                // A thicker cable near the transformer.
                let resistance = lengths[home] / Double(6 + perString - (home - first))
                for quarter in 0..<count {
                    loads[quarter] += homes[home].power[quarter]
                    losses[quarter] += resistance * loads[quarter] * loads[quarter]
                }
            }
        }
        let consumed = Self.sum(homes, count)
        let share = dice.uniform(0.01...0.03) * consumed.reduce(0) { $0 + abs($1) } / losses.reduce(0, +)
        var warm = temperature[0]
        for quarter in 0..<count {
            // The cable follows the air in two hours.
            warm += (temperature[quarter] - warm) / 8
            // Currents change within a quarter hour, and squares of them more so.
            losses[quarter] *= share * (1 + 0.0039 * (warm - 20)) * dice.factor(0.05)
        }
        self.losses = losses
        ratedPower = 1.2 * (consumed.map(abs).max() ?? 1)
        // Within class 0.5 of IEC 61869-2: 0.5 % at rated load, 0.75 % at a fifth of it, 1.5 % at a twentieth.
        gain = dice.uniform(-0.0045...0.0045)
        lowGain = dice.uniform(-0.006...0.006)
        reach = dice.uniform(0.05...0.15)
        phase = dice.uniform(-0.006...0.006)
    }

    func consumed(_ homes: [SimulatedHome]) -> [Double] { Self.sum(homes, losses.count) }

    private static func sum(_ homes: [SimulatedHome], _ count: Int) -> [Double] {
        homes.reduce(into: [Double](repeating: 0, count: count)) { sum, home in
            for quarter in 0..<count { sum[quarter] += home.power[quarter] }
        }
    }

    private static func weather(season: Int, count: Int, _ dice: inout SeededDice) -> [Double] {
        var day = 0.0
        return (0..<count).map { quarter in
            let year = Double(season + quarter) / 96 / 366 * 2 * Double.pi
            if quarter.isMultiple(of: 96) { day = 0.7 * day + 2.5 * dice.normal() }
            let hour = Double(quarter % 96) / 96 * 2 * Double.pi
            return 10 - 9 * cos(year - 0.3) - 4 * cos(hour - 0.8) + day
        }
    }

    /// Wh per quarter hour, by the unit's clock.
    func read(_ loads: [Double], _ plan: BranchPlan, _ dice: inout SeededDice) -> (taken: [Double], given: [Double]) {
        let seen = loads.indices.map { quarter in
            let load = abs(loads[quarter]) / ratedPower
            let hour = Double(quarter % 96) / 96 * 2 * Double.pi
            // The tangent of the angle between current and voltage, over the day.
            let tangent = 0.25 + 0.05 * cos(hour - 2) + 0.01 * dice.normal()
            return loads[quarter] * (1 + gain + lowGain * exp(-load / reach) + phase * tangent)
        }
        let net = SimulatedClock(plan, count: loads.count, &dice).shifted(seen, 0.02, &dice)
        return (net.map { max(0, $0) }, net.map { max(0, -$0) })
    }
}
