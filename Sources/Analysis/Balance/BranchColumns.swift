internal import ValueProtocol

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// The columns of a branch's regression: what each unknown adds to the transformer's total in an interval.
///
/// Every unknown is in units of what is expected of it, so that each has mean 0 and variance 1 before anything is read.
/// The order: the gain of each meter, the clock of each meter, the branch's own, the difference to explain, the shapes that
/// a tap may have.
struct BranchColumns: Sendable {
    /// Of energy that no meter sees.
    static let shapes: [TapShape] = [.steady, .night, .day]

    private let table: BranchTable
    private let settings: BranchSettings
    private let gains: [Double]
    private let rated: Double
    /// Seconds' deviation of a clock as a share of the interval.
    let clockShare: Double
    private let weeks: Int
    /// The mean of the total's amount, Wh per interval.
    let meanTotal: Double
    /// Wh² at the start of each interval: how far each meter's power there may be from the mean of the intervals beside it.
    let edges: [Double]
    /// What all meters take and give in each interval, Wh.
    let amounts: [Double]
    /// The sum of all meters in each interval, Wh.
    let nets: [Double]

    var meterCount: Int { gains.count }
    private static let fixedCount = 15
    /// Columns of unknowns.
    var count: Int { 3 * meterCount + Self.fixedCount + weeks }
    /// The column of the difference.
    var difference: Int { count }
    /// The column of the first shape.
    var firstShape: Int { count + 1 }
    /// With the difference and the shapes.
    var width: Int { count + 1 + Self.shapes.count }

    init(_ table: BranchTable, _ records: BranchRecords, _ settings: BranchSettings) {
        self.table = table
        self.settings = settings
        gains = records.meters.map(\.accuracyClass.deviation)
        rated = settings.ratedPower * table.grid.interval.hours
        clockShare = settings.clockTolerance / 3.0.squareRoot() / Double(table.grid.interval.rawValue)
        weeks = max(0, (table.grid.days - 1) / 7)
        let known = table.total.prefix(settings.learningDays * table.grid.perDay).filter { !$0.isNaN }
        edges = Self.edges(table)
        amounts = table.net.reduce(into: [Double](repeating: 0, count: table.grid.count)) { sum, net in
            for index in net.indices { sum[index] += abs(net[index]) }
        }
        nets = table.net.reduce(into: [Double](repeating: 0, count: table.grid.count)) { sum, net in
            for index in net.indices { sum[index] += net[index] }
        }
        meanTotal = max(1, known.reduce(0) { $0 + abs($1) } / Double(max(1, known.count)))
    }

    private static func edges(_ table: BranchTable) -> [Double] {
        var edges = [Double](repeating: 0, count: table.grid.count)
        for net in table.net {
            for index in 1..<max(1, net.count) {
                let step = net[index] - net[index - 1]
                edges[index] += step * step / 2 + 0.1 * net[index] * net[index]
            }
        }
        // The last edge of a day is known with the day after only; the one before it stands for it.
        for index in stride(from: table.grid.perDay, to: edges.count, by: table.grid.perDay) {
            edges[index] = edges[index - 1]
        }
        return edges
    }

    /// The gain deviation of a meter.
    func gain(_ meter: Int) -> Double { gains[meter] }

    /// The energy that the line is expected to lose in an interval, Wh, before anything is learned.
    func expectedLoss(_ index: Int) -> Double {
        let total = table.total[index]
        guard !total.isNaN else { return 0 }
        let warm = 1 + 0.0039 * (table.temperature[index] - 20)
        return settings.lossAtRatedPower * total * total / rated * warm
    }

    /// The energy that the meters are expected to take for themselves.
    func expectedOwnUse(_ index: Int) -> Double {
        table.installed[index] * settings.ownPower * table.grid.interval.hours
    }

    /// Writes an interval's columns to a row of `width` values.
    func write(_ index: Int, to row: inout [Double]) {
        let (before, after) = neighbours(index)
        let half = before == after ? 0 : 1 / Double(after - before)
        let total = table.total[index]
        let place = settings.lossAtRatedPower * total / rated / 2
        var (sum, squares, given) = (0.0, 0.0, 0.0)
        for meter in 0..<meterCount {
            let net = table.net[meter][index]
            sum += net
            squares += net * net
            given += max(0, -net)
            row[meter] = net * gains[meter]
            row[2 * meterCount + meter] = net * place
            row[meterCount + meter] = (table.net[meter][after] - table.net[meter][before]) * half * clockShare
        }
        let loss = expectedLoss(index)
        let own = expectedOwnUse(index)
        let share = settings.lossAtRatedPower
        let classError = settings.transformerClass.deviation
        let warmer = table.temperature[index] - 20
        let load = abs(total) / rated
        let angle = Double(index % table.grid.perDay) / Double(table.grid.perDay) * 2 * Double.pi
        var next = 3 * meterCount
        func add(_ value: Double) {
            row[next] = value
            next += 1
        }
        // The transformer: its error, which grows towards low loads, and its clock.
        add(total * classError)
        add((total < 0 ? -1 : 1) * (load.squareRoot() * rated) * classError / 3)
        add(total * log(load + 0.02) * classError / 3)
        let change = table.total[after] - table.total[before]
        add(change.isNaN ? 0 : change * half * clockShare)
        // The line: with the load of all, with that of each, with what flows both ways, with warmth.
        add(loss / 2)
        add(share * 0.3 * Double(meterCount) * squares / rated)
        add(share * 0.3 * amounts[index] * amounts[index] / rated)
        add(share * given * given / rated)
        add(loss * 0.0039 * 0.3 * warmer)
        // The meters all together: what they take for themselves, and warmth.
        add(own)
        add(sum * 0.0001 * warmer)
        // The angle between current and voltage by the time of day, which the transformer's phase error makes an error.
        for harmonic in [1.0, 2] {
            add(total * 0.0003 * cos(harmonic * angle))
            add(total * 0.0003 * sin(harmonic * angle))
        }
        // What drifts, by the week.
        for week in 0..<weeks {
            let passed = (Double(index) - Double(week * 7 * table.grid.perDay)) / Double(7 * table.grid.perDay)
            add(total * 0.0001 * min(1, max(0, passed)))
        }
        add(total - sum - loss - own)
        for shape in Self.shapes { add(shape.value(atShareOfDay: shareOfDay(index))) }
    }

    /// What the differences of a day may have in common: all loads, those of some time of day, and what is given back.
    func dayEffects(_ indices: [Int], _ loads: [Double]) -> [[Double]] {
        let angles = indices.map { Double($0 % table.grid.perDay) / Double(table.grid.perDay) * 2 * Double.pi }
        return [
            loads, zip(loads, angles).map { $0 * cos($1) }, zip(loads, angles).map { $0 * sin($1) },
            indices.map { (amounts[$0] - nets[$0]) / 2 },
        ]
    }

    /// Wh of a tap's column in an interval.
    func value(of shape: TapShape, at index: Int) -> Double { shape.value(atShareOfDay: shareOfDay(index)) }

    private func shareOfDay(_ index: Int) -> Double {
        let time = Int(table.grid.time(index).rawValue) % 86_400
        return Double(time) / 86_400
    }

    /// The intervals beside this one, within what its day knows.
    func neighbours(_ index: Int) -> (Int, Int) {
        let end = (index / table.grid.perDay + 1) * table.grid.perDay
        return (max(0, index - 1), min(end - 1, index + 1))
    }
}

/// When a tap draws: a Wh in each of its intervals.
enum TapShape: Sendable, Hashable {
    case steady
    /// From 18:00 to 06:00 UTC.
    case night
    case day

    /// What it draws then, for a mean of 1.
    var power: Double { self == .steady ? 1 : 2 }

    func value(atShareOfDay share: Double) -> Double {
        let isNight = share < 0.25 || share >= 0.75
        return switch self {
        case .steady: 1
        case .night: isNight ? 1 : 0
        case .day: isNight ? 0 : 1
        }
    }
}
