/// When a line of a log was written, as far as the log says it.
struct LogTime: Sendable, Equatable {
    /// Nanoseconds since 1970-01-01 UTC; nil where the log has no date.
    var date: Int64?
    /// Nanoseconds of a clock of the log, of any origin, for durations; nil where it has none.
    var clock: Int64?

    /// The log has neither date nor clock.
    static let unknown = LogTime()

    init(date: Int64? = nil, clock: Int64? = nil) {
        self.date = date
        self.clock = clock
    }

    /// A time since 1970-01-01 UTC, as captures have it: 0 where the packet's time is not known.
    init(nanoseconds: Int64) { self.init(date: nanoseconds == 0 ? nil : nanoseconds, clock: nanoseconds) }

    /// Microseconds since 1970-01-01 UTC; nil where the log has no date.
    var microseconds: Int64? { date.map { $0 / 1000 } }

    /// From this time until `end`: nil where the log does not have it, or where its clock shows no difference or was set
    /// back.
    func duration(until end: LogTime) -> Duration? {
        guard let start = clock, let end = end.clock else { return nil }
        let (difference, overflow) = end.subtractingReportingOverflow(start)
        return overflow || difference <= 0 ? nil : .nanoseconds(difference)
    }
}

// MARK: - Time stamps

extension LogTime {
    /// Finds a time stamp in the words before a message: ISO 8601 (`2024-09-08T12:00:01.123456+02:00`), its parts as
    /// two words with the zone as a third, a time of day, seconds since 1970 (`journalctl -o short-unix`) or since the
    /// system's start (`short-monotonic`).
    ///
    /// A date without a year is none, and so is one whose zone is not known (``LogZone``): it gives the clock alone.
    init?(stampIn text: Substring) {
        let words = text.split(separator: " ", maxSplits: 12)
        for (index, word) in words.enumerated() {
            if let parts = Self.isoParts(word) {
                let zone = parts.zone.isEmpty ? words.dropFirst(index + 1).first : parts.zone
                guard let clock = Self.nanoseconds(day: "1970-01-01", clock: parts.clock),
                    let date = Self.nanoseconds(day: parts.day, clock: parts.clock)
                else { continue }
                self.init(local: date, zone: zone, clock: parts.hasFraction ? clock : nil)
                return
            }
            if Self.isDay(word), let next = words.dropFirst(index + 1).first,
                let time = Self.timeOfDay(next), let date = Self.nanoseconds(day: word, clock: next)
            {
                self.init(
                    local: date, zone: words.dropFirst(index + 2).first,
                    clock: time.hasFraction ? time.nanoseconds : nil)
                return
            }
            if let time = Self.timeOfDay(word) {
                self.init(clock: time.hasFraction ? time.nanoseconds : nil)
                return
            }
            if index == 0 || index == 1 && words[0] == "[",
                let seconds = Self.seconds(word.drop { $0 == "[" }.prefix { $0 != "]" })
            {
                self.init(date: seconds >= 1_000_000_000 * 1_000_000_000 ? seconds : nil, clock: seconds)
                return
            }
        }
        return nil
    }

    /// A date and time of a zone; without a zone that is known there is no date.
    private init(local: Int64, zone: Substring?, clock: Int64?) {
        let date = LogZone.nanosecondsEast(zone).map { local.subtractingReportingOverflow($0) }
        self.init(date: date?.overflow == false ? date?.partialValue : nil, clock: clock)
    }

    /// Nanoseconds since 1970-01-01 of `Wed, 31 Dec 2014 18:10:35 +0200` (RFC 5322, 3.3); nil where its
    /// zone is not known.
    static func mailDate(_ text: some StringProtocol) -> Int64? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let words = text.split(separator: " ")
        for index in words.indices.dropLast(3) {
            guard let day = Int(words[index]), let month = months.firstIndex(of: String(words[index + 1])),
                words[index + 2].utf8.count == 4, Int(words[index + 2]) != nil
            else { continue }
            let date = "\(words[index + 2])-\(month < 9 ? "0" : "")\(month + 1)-\(day < 10 ? "0" : "")\(day)"
            guard let local = nanoseconds(day: date, clock: words[index + 3]) else { return nil }
            return LogTime(local: local, zone: words.dropFirst(index + 4).first.map { Substring($0) }, clock: nil).date
        }
        return nil
    }

    /// A time of day with three or six decimals, or none: other numbers of decimals are not a fraction of a second.
    private static func timeOfDay(_ word: some StringProtocol) -> (nanoseconds: Int64, hasFraction: Bool)? {
        let units = Array(word.utf8)
        guard units.count >= 8, units[2] == UInt8(ascii: ":"), units[5] == UInt8(ascii: ":") else { return nil }
        guard units.count == 8 || [12, 15, 18].contains(units.count) && ".,".utf8.contains(units[8]) else { return nil }
        return nanoseconds(day: "1970-01-01", clock: word).map { ($0, units.count > 8) }
    }

    private static func isDay(_ word: some StringProtocol) -> Bool {
        let units = Array(word.utf8.prefix(11))
        return units.count == 10 && units[4] == UInt8(ascii: "-") && units[7] == UInt8(ascii: "-")
    }

    private static func isoParts(
        _ word: Substring
    ) -> (day: Substring, clock: Substring, zone: Substring, hasFraction: Bool)? {
        guard word.utf8.count >= 19, let mark = word.firstIndex(of: "T"), isDay(word[..<mark]) else { return nil }
        let rest = word[mark...].dropFirst()
        let clock = rest.prefix { $0.isNumber || $0 == ":" || $0 == "." || $0 == "," }
        guard timeOfDay(clock) != nil else { return nil }
        return (word[..<mark], clock, rest[clock.endIndex...], clock.utf8.count > 8)
    }

    private static func nanoseconds(day: some StringProtocol, clock: some StringProtocol) -> Int64? {
        let clock = clock.map { $0 == "," ? "." : String($0) }.joined()
        guard let micros = ValueText.microseconds(time: "\(day)T\(clock)Z") else { return nil }
        let (nanos, overflow) = micros.multipliedReportingOverflow(by: 1000)
        return overflow ? nil : nanos
    }

    /// `1725789601.123456` in nanoseconds.
    private static func seconds(_ text: some StringProtocol) -> Int64? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count == 6, let seconds = Int64(parts[0]), let micros = Int64(parts[1]),
            (0..<1 << 33).contains(seconds), micros >= 0
        else { return nil }
        return seconds * 1_000_000_000 + micros * 1000
    }
}
