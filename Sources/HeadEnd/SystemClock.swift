public import ValueProtocol

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The system's time of day.
public enum SystemClock {
    /// The present time; limited to the maximum of `Timestamp` from the year 2106 on.
    public static func now() -> Timestamp {
        Timestamp(rawValue: UInt32(clamping: time(nil)))
    }
}
