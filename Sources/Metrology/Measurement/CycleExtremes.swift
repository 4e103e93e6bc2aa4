/// The minimum and maximum cycle voltage of a window.
struct CycleExtremes {
    private var current = Sums()
    private var closed = InlineArray<16, Sums>(repeating: Sums())
    private var closedCount = 0

    private struct Sums {
        var count = 0
        var voltage = 0.0
        var squared = 0.0
    }

    /// Max. number of cycles in a window.
    static let maxCycleCount = 16

    /// Sample index in the window at which the current cycle ends.
    func end(in reference: Reference) -> Int { reference.count * (closedCount + 1) / reference.cycles }

    mutating func add(_ sums: SampleSums) {
        current.count += sums.count
        current.voltage += sums.voltage
        current.squared += sums.voltageSquared
    }

    mutating func close() {
        closed[closedCount] = current
        closedCount += 1
        current = Sums()
    }

    /// Rms codes of the lowest and the highest cycle, minus the constant part of the window.
    func voltages(withoutConstant constant: Double) -> (lowest: Double, highest: Double) {
        var lowest = Double.infinity
        var highest = 0.0
        for index in 0..<closedCount {
            let sums = closed[index]
            let count = Double(sums.count)
            let square = sums.squared - 2 * constant * sums.voltage + constant * constant * count
            let voltage = (max(0, square) / count).squareRoot()
            lowest = min(lowest, voltage)
            highest = max(highest, voltage)
        }
        return (lowest, highest)
    }
}
