/// The times that an answer to reset sets, at a clock frequency in kilohertz.
///
/// Without negotiation the reader works at Fd = 372 and Dd = 1 instead of the offered Fi and Di, except in the specific
/// mode.
extension AnswerToReset {
    /// Bits per second at Fi and Di as offered: f · Di / Fi; nil where one of them is reserved.
    public func bitRate(atKilohertz frequency: Int) -> Int? {
        guard let rate = clockRateConversion, let adjustment = baudRateAdjustment else { return nil }
        return frequency * 1_000 * adjustment / rate.integer
    }

    /// The minimum time between the leading edges of two bytes to the card, in elementary time units (ISO/IEC 7816-3,
    /// 8.3): 12 + N, where N counts units at the offered speed, or the minimum of the protocol for N = 255.
    public func guardTime(ofProtocol number: UInt8) -> Int {
        extraGuardTime == 255 ? (number == 1 ? 11 : 12) : 12 + Int(extraGuardTime)
    }

    /// The maximum silence before a byte from a T=0 card: 960 · WI · Fi / f (ISO/IEC 7816-3, 10.2).
    public func waitingTime(atKilohertz frequency: Int) -> Duration? {
        guard let rate = clockRateConversion else { return nil }
        return Self.time(ofPeriods: 960 * Int(waitingTimeInteger) * rate.integer, atKilohertz: frequency)
    }

    /// The maximum time between two bytes of a block of T=1: (11 + 2^CWI) elementary time units at Fi and Di (11.4.3).
    public func characterWaitingTime(atKilohertz frequency: Int) -> Duration? {
        guard let rate = clockRateConversion, let adjustment = baudRateAdjustment else { return nil }
        let units = 11 + 1 << Int(characterWaitingInteger)
        return Self.time(ofPeriods: units * rate.integer, dividedBy: adjustment, atKilohertz: frequency)
    }

    /// The maximum time before a block of T=1: 11 elementary time units at Fi and Di, and 2^BWI · 960 · 372 / f
    /// (11.4.3); nil where BWI is reserved.
    public func blockWaitingTime(atKilohertz frequency: Int) -> Duration? {
        guard blockWaitingInteger <= 9, let rate = clockRateConversion, let adjustment = baudRateAdjustment
        else { return nil }
        return Self.time(ofPeriods: 11 * rate.integer, dividedBy: adjustment, atKilohertz: frequency)
            + Self.time(ofPeriods: 960 * 372 << Int(blockWaitingInteger), atKilohertz: frequency)
    }

    private static func time(ofPeriods count: Int, dividedBy divisor: Int = 1, atKilohertz frequency: Int) -> Duration {
        .nanoseconds(count * 1_000_000 / (frequency * divisor))
    }
}

extension Duration {
    /// In milliseconds or seconds, with at most three decimals.
    var readable: String {
        let microseconds = Int(components.seconds) * 1_000_000 + Int(components.attoseconds / 1_000_000_000_000)
        return microseconds < 1_000_000
            ? "\(thousandths(microseconds)) ms" : "\(thousandths(microseconds / 1_000)) s"
    }
}

/// A number of thousandths as a decimal, without trailing zeros.
func thousandths(_ number: Int) -> String {
    var digits = String(number % 1_000 + 1_000).dropFirst()
    while digits.last == "0" { digits.removeLast() }
    return digits.isEmpty ? "\(number / 1_000)" : "\(number / 1_000).\(digits)"
}
