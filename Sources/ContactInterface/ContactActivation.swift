import Diagnostics
public import ISO7816

/// The sequences of ISO/IEC 7816-3, clause 6.
extension ContactPort {
    /// Clock periods for which RST stays low in a cold or warm reset: 400 (6.2.2, 6.2.3).
    static let resetPeriods = 400
    /// Time for which the contacts stay off before another class is tried: 10 ms (6.2.4).
    public static let pause: UInt64 = 10_000_000
    /// Time for which I/O must be idle before the clock may be stopped: 1,860 periods (6.3.2).
    static let stillPeriods = 1_860
    /// Time for which the clock must run again before anything is sent: 700 periods (6.3.2).
    static let resumptionPeriods = 700

    /// Activation (6.2.1): RST low, VCC on, I/O released, in the first editions VPP idle; then the clock, if any.
    ///
    /// Does nothing where the contacts already have power.
    ///
    /// - Parameters:
    ///   - supply: the class.
    ///   - clock: its frequency in kilohertz for an asynchronous card; nil leaves CLK low, for a synchronous one.
    /// - Throws: `CardError` `.noCard`.
    public func activate(_ supply: OperatingClass = .a, clock: Int? = nil) throws(CardError) {
        guard isCardPresent else { throw CardError(.noCard, subject: name) }
        guard !levels.isPowered else { return }
        force(.rst, .low)
        force(.clk, .low)
        force(.io, .low)
        force(supply: supply)
        // Lets VCC become stable first.
        wait(nanoseconds: 100_000)
        try drive(.io, .high)
        if hasProgrammingVoltage { try drive(.spu, .high) }
        if let clock, isCardPresent { startClock(kilohertz: clock) }
        guard isCardPresent else { throw CardError(.cardRemoved, subject: name) }
    }

    /// The reset of an asynchronous card, cold or warm: RST low for 400 clock periods, then high (6.2.2, 6.2.3).
    ///
    /// - Throws: `CardError` `.noCard`, `.cardUnresponsive` where the contacts have no power or no clock.
    func pulseReset() throws(CardError) {
        try drive(.rst, .low)
        guard levels.clockFrequency != nil else {
            throw CardError(.cardUnresponsive, subject: name, cause: Circumstance("the clock does not run"))
        }
        run(periods: Self.resetPeriods)
        try drive(.rst, .high)
    }

    /// Deactivation (6.4): RST low, CLK low, in the first editions VPP off, I/O low, VCC off.
    ///
    /// Without a card, the contacts are off already.
    public func deactivate() throws(CardError) {
        guard levels.isPowered else { return }
        try drive(.rst, .low)
        try drive(.clk, .low)
        if hasProgrammingVoltage { try drive(.spu, .low) }
        try drive(.io, .low)
        force(supply: nil)
    }
}
