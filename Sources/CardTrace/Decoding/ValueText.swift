import ISO7816

/// Amounts, times and identifiers in readable form.
package enum ValueText {
    /// Micro-units as a decimal number with at least two places: `12.345678`, `25.00`.
    package static func amount(_ micros: UInt64) -> String {
        var decimals = String(micros % 1_000_000)
        decimals = String(repeating: "0", count: 6 - decimals.count) + decimals
        while decimals.count > 2, decimals.last == "0" { decimals.removeLast() }
        return "\(micros / 1_000_000).\(decimals)"
    }

    /// Seconds since 1970-01-01 UTC as `2026-01-01T00:00:10Z`.
    package static func time(_ seconds: UInt64) -> String {
        var bytes: [UInt8] = []
        append(seconds: seconds, to: &bytes)
        bytes.append(UInt8(ascii: "Z"))
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Microseconds since 1970-01-01 UTC as `2026-01-01T00:00:10.000250Z`.
    package static func time(microseconds: Int64) -> String {
        var bytes: [UInt8] = []
        append(microseconds: microseconds, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The same as `time(microseconds:)`, without a string.
    package static func append(microseconds: Int64, to bytes: inout [UInt8]) {
        let known = UInt64(max(microseconds, 0))
        append(seconds: known / 1_000_000, to: &bytes)
        bytes.append(UInt8(ascii: "."))
        bytes.appendDecimal(known % 1_000_000, digits: 6)
        bytes.append(UInt8(ascii: "Z"))
    }

    private static func append(seconds: UInt64, to bytes: inout [UInt8]) {
        let clock = seconds % 86_400
        append(day: Int(seconds / 86_400), to: &bytes)
        bytes.append(UInt8(ascii: "T"))
        bytes.appendDecimal(clock / 3600, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.appendDecimal(clock / 60 % 60, digits: 2)
        bytes.append(UInt8(ascii: ":"))
        bytes.appendDecimal(clock % 60, digits: 2)
    }

    /// Parses the format of `time(microseconds:)` into microseconds since 1970-01-01 UTC; fewer or no decimals are
    /// allowed; nil for anything else.
    package static func microseconds(time text: String) -> Int64? {
        let halves = text.split(separator: "T", omittingEmptySubsequences: false)
        guard halves.count == 2, halves[1].last == "Z" else { return nil }
        let date = halves[0].split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
        let parts = halves[1].dropLast().split(separator: ".", omittingEmptySubsequences: false)
        let clock = parts[0].split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
        guard date.count == 3, let year = date[0], let month = date[1], let day = date[2], clock.count == 3,
            let hour = clock[0], let minute = clock[1], let second = clock[2], (1970...9999).contains(year),
            (1...12).contains(month), (1...31).contains(day), (0...23).contains(hour), (0...59).contains(minute),
            (0...60).contains(second), parts.count <= 2
        else { return nil }
        let decimals = parts.count == 2 ? parts[1].prefix(6) : "0"
        guard let fraction = Int64(decimals + String(repeating: "0", count: 6 - decimals.count)), fraction >= 0 else {
            return nil
        }
        let days = self.day(year: year, month: month, day: day)
        return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000 + fraction
    }

    /// Issuer, kind and number: `00A1B2C3-10-011234`.
    package static func identifier(_ bytes: some Collection<UInt8>) -> String {
        let digits = bytes.hexadecimal()
        return "\(digits.prefix(8))-\(digits.dropFirst(8).prefix(2))-\(digits.dropFirst(10))"
    }

    /// Milliseconds with about three digits: `0.15 ms`, `12.3 ms`.
    package static func duration(_ duration: Duration) -> String {
        let micros = microseconds(duration)
        let tenths = micros / 100
        return micros < 10_000
            ? "\(micros / 1000).\(padded(UInt64(micros % 1000 / 10), to: 2)) ms" : "\(tenths / 10).\(tenths % 10) ms"
    }

    /// Whole microseconds, 0 for anything negative.
    package static func microseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return max(0, seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }

    /// The Gregorian date of a day counted from 1970-01-01. Years are counted from 1 March, so that they end with the
    /// leap day, and in eras of 400 years, which all have 146,097 days.
    private static func append(day: Int, to bytes: inout [UInt8]) {
        let shifted = day + 719_468
        let (era, dayOfEra) = (shifted / 146_097, shifted % 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        bytes.appendDecimal(UInt64(year), digits: 4)
        bytes.append(UInt8(ascii: "-"))
        bytes.appendDecimal(UInt64(month), digits: 2)
        bytes.append(UInt8(ascii: "-"))
        bytes.appendDecimal(UInt64(dayOfMonth), digits: 2)
    }

    /// The day of a Gregorian date, counted from 1970-01-01: the inverse of `append(day:to:)`.
    private static func day(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = (shifted / 400, shifted % 400)
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func padded(_ number: UInt64, to count: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, count - digits.count)) + digits
    }
}
