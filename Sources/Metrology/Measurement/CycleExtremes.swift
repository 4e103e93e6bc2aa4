/// The least and the greatest cycle's voltage of a window.
struct CycleExtremes {
    private var current = Sums()
    private var closed = InlineArray<16, Sums>(repeating: Sums())
    private var closedCount = 0

    private struct Sums {
        var count = 0
        var voltage = 0.0
        var squared = 0.0
    }

    /// The most cycles that a window may have.
    static let mostCycles = 16

    /// The sample of the window at which the cycle that is open now ends.
    func end(in reference: Reference) -> Int { reference.count * (closedCount + 1) / reference.cycles }

    mutating func take(_ sums: SampleSums) {
        current.count += sums.count
        current.voltage += sums.voltage
        current.squared += sums.voltageSquared
    }

    mutating func close() {
        closed[closedCount] = current
        closedCount += 1
        current = Sums()
    }

    /// Rms codes of the least and of the greatest cycle, without what is constant in the window.
    func voltages(lessConstant constant: Double) -> (least: Double, greatest: Double) {
        var least = Double.infinity
        var greatest = 0.0
        for index in 0..<closedCount {
            let sums = closed[index]
            let count = Double(sums.count)
            let square = sums.squared - 2 * constant * sums.voltage + constant * constant * count
            let voltage = (max(0, square) / count).squareRoot()
            least = min(least, voltage)
            greatest = max(greatest, voltage)
        }
        return (least, greatest)
    }
}
