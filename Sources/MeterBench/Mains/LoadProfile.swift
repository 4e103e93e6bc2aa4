public import Metrology

/// The load of a household over some time, as defined in a file: consecutive rows of equal duration.
///
/// The text is CSV. Its first line gives the duration of a row, its second names the columns, a pair per channel. Each
/// row has the mean active power in W, and the degrees by which the current lags the voltage, negative if it leads:
///
///     # Two channels, a row each quarter of an hour.
///     seconds a row,900
///     watts,degrees,watts,degrees
///     120,12.5,0,0
///     95,-20,1800,1
///
/// Numbers are decimal, with a point and without an exponent. Power to the line is negative, at angles beyond 90
/// degrees. Lines that begin with `#` are comments; comments and empty lines are allowed anywhere. Lines end with LF or
/// CRLF.
public struct LoadProfile: Sendable, Hashable {
    /// Seconds per row.
    public let interval: Int
    /// Number of channels per row.
    public let channels: Int
    /// The concatenated rows, each of ``channels`` loads.
    private let loads: [Load]

    /// - Parameters:
    ///   - interval: seconds per row, at least 1.
    ///   - rows: at least one, all with the same number of channels.
    public init(interval: Int, rows: [[Load]]) {
        precondition(interval > 0 && !rows.isEmpty, "a profile has rows that last")
        channels = rows[0].count
        for row in rows { precondition(row.count == channels && channels > 0, "a row has a load for each channel") }
        self.interval = interval
        loads = rows.flatMap { $0 }
    }

    init(interval: Int, channels: Int, loads: [Load]) {
        self.interval = interval
        self.channels = channels
        self.loads = loads
    }

    /// Number of rows.
    public var count: Int { loads.count / channels }
    /// Seconds until it repeats.
    public var duration: Int { count * interval }

    /// The load at a moment; the profile repeats in both directions.
    ///
    /// - Parameters:
    ///   - seconds: since the start.
    ///   - channel: from 0.
    public func load(at seconds: Int, channel: Int = 0) -> Load {
        precondition(0..<channels ~= channel, "the profile has \(channels) channels")
        let within = seconds % duration
        return loads[(within < 0 ? within + duration : within) / interval * channels + channel]
    }

    /// Seconds until the next row begins, 1 to ``interval``.
    ///
    /// - Parameter seconds: since the start.
    func secondsUntilRow(after seconds: Int) -> Int {
        let phase = seconds % interval
        return interval - (phase < 0 ? phase + interval : phase)
    }

    /// A channel's energy from one moment to another, each row rounded to the nearest microjoule.
    ///
    /// - Parameters:
    ///   - seconds: since the start.
    ///   - channel: from 0.
    public func energy(_ seconds: Range<Int>, channel: Int = 0) -> Energy {
        var energy = Energy.zero
        var start = seconds.lowerBound
        while start < seconds.upperBound {
            let end = min(start + secondsUntilRow(after: start), seconds.upperBound)
            energy += load(at: start, channel: channel).energy(seconds: end - start)
            start = end
        }
        return energy
    }
}
