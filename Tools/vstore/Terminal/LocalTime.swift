import ValueProtocol

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A moment in the local time of the machine.
struct LocalTime {
    /// Since 1970-01-01 UTC.
    let seconds: Int
    /// By which local time is ahead of UTC.
    let offset: Int

    /// Now, in the machine's time zone.
    static var now: LocalTime {
        var seconds = time(nil)
        var fields = tm()
        localtime_r(&seconds, &fields)
        return LocalTime(seconds: seconds, offset: fields.tm_gmtoff)
    }

    /// With its distance from UTC (ISO 8601): `2026-01-05T01:00:00+01:00`.
    var iso8601: String {
        let minutes = abs(offset) / 60
        let (hour, minute) = (String(100 + minutes / 60).dropFirst(), String(100 + minutes % 60).dropFirst())
        return "\(dateTime)\(offset < 0 ? "-" : "+")\(hour):\(minute)"
    }

    /// For people: `2026-01-05 01:00:00`.
    var text: String { dateTime.replacing("T", with: " ") }

    private var dateTime: String { String(Timestamp(rawValue: UInt32(clamping: seconds + offset)).dateTime.dropLast()) }
}
