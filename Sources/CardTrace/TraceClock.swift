#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The system clock, as used in traces.
public enum TraceClock {
    /// Microseconds since 1970-01-01 UTC.
    public static func microseconds() -> Int64 { Int64(Date().timeIntervalSince1970 * 1e6) }
}
