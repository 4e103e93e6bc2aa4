import ArgumentParser
import ValueProtocol

/// A switch of the rate as it is written: `mon-fri@07:00=150`, `sat,sun@00:00=75`, `daily@22:00=50`.
struct RateSwitch: ExpressibleByArgument, Sendable {
    let entry: TariffTable.Entry

    init?(argument: String) {
        let parts = argument.lowercased().split(separator: "@", maxSplits: 1)
        guard parts.count == 2, let days = Weekdays.bits(of: parts[0]) else { return nil }
        let rate = parts[1].split(separator: "=", maxSplits: 1)
        guard rate.count == 2, let percent = UInt16(rate[1]) else { return nil }
        let clock = rate[0].split(separator: ":")
        guard clock.count == 2, let hour = UInt16(clock[0]), let minute = UInt16(clock[1]), hour < 24, minute < 60,
            let entry = TariffTable.Entry(days: days, minute: hour * 60 + minute, percent: percent)
        else { return nil }
        self.entry = entry
    }
}

/// A moment as it is written: `2026-12-01T00:00Z`, in UTC, or `now`.
struct MomentArgument: ExpressibleByArgument, Sendable {
    /// Nil for now.
    let time: Timestamp?

    init?(argument: String) {
        time = Timestamp(dateTime: argument)
        guard time != nil || argument == "now" else { return nil }
    }
}
