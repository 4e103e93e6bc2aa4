extension TariffTable {
    /// The percentage of the price at `time`, with weekdays and minutes in UTC plus `offset` minutes (protocol §5).
    ///
    /// The entry that started last applies until the next one, across midnight and days without entries.
    public func percent(at time: Timestamp, offset: Int = 0) -> UInt16 {
        let minutesOfWeek = 7 * 1440
        // 1970-01-01 was a Thursday; minute 0 of the week is the first of Monday.
        let local = Int(time.rawValue) / 60 + offset + 3 * 1440
        let now = (local % minutesOfWeek + minutesOfWeek) % minutesOfWeek
        var best: (age: Int, percent: UInt16)?
        for entry in entries {
            for day in 0..<7 where entry.days & 1 << UInt8(day) != 0 {
                let age = (now - day * 1440 - Int(entry.minute) + minutesOfWeek) % minutesOfWeek
                if best.map({ age <= $0.age }) ?? true { best = (age, entry.percent) }
            }
        }
        return best?.percent ?? 100
    }
}
