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

    /// For programs, in UTC (ISO 8601): `2026-01-05T00:00:00Z`.
    var utc: String { Timestamp(rawValue: UInt32(clamping: seconds)).dateTime }

    /// For people: `2026-01-05 01:00:00`.
    var text: String {
        let local = Timestamp(rawValue: UInt32(clamping: seconds + offset)).dateTime
        return String(local.dropLast()).replacing("T", with: " ")
    }
}
