internal import ISO7816

/// Monitors a reader from the card's side: whether it activates, drives and deactivates the contacts as in ISO/IEC
/// 7816-3, clause 6.
struct ContactWatch {
    private(set) var violations: [ContactViolation] = []
    /// Whether a violation occurred since VCC came on.
    private(set) var isBroken = false
    private let clockStop: AnswerToReset.ClockStop
    /// The clock period at which RST went low, or at which the clock started if that was later.
    private var resetBegan: Int?
    private var suppliedUntil: UInt64?
    /// The clock period at which I/O was last in use.
    private var lastUse = 0
    private var clockResumed: Int?
    private var isReset = false

    init(clockStop: AnswerToReset.ClockStop) { self.clockStop = clockStop }

    private mutating func record(_ violation: ContactViolation) {
        violations.append(violation)
        isBroken = true
    }

    /// A character occupies I/O until clock period `end`.
    mutating func character(until end: Int) { lastUse = max(lastUse, end) }

    /// The reader starts a character.
    mutating func readerBegins(at edge: Int) {
        if let resumed = clockResumed, edge - resumed < ContactPort.resumptionPeriods {
            record(.earlyCharacter(periods: edge - resumed))
        }
        clockResumed = nil
    }

    mutating func changed(from old: ContactLevels, to new: ContactLevels, at time: ContactTime) {
        // A card that is pulled out loses all contacts at once, which is not a violation.
        guard let contact = old.change(to: new) else { return end(time) }
        switch contact {
        case .vcc: supplyChanged(from: old, to: new, at: time)
        case .rst: resetChanged(to: new, at: time)
        case .clk: clockChanged(from: old, to: new, at: time)
        case .io: ioChanged(from: old, to: new)
        case .spu, .gnd, .auxiliary1, .auxiliary2: break
        }
    }

    private mutating func end(_ time: ContactTime) {
        (resetBegan, clockResumed, isReset) = (nil, nil, false)
        suppliedUntil = nil
    }

    private mutating func supplyChanged(from old: ContactLevels, to new: ContactLevels, at time: ContactTime) {
        guard new.isPowered else {
            if new.rst == .high || new.clockFrequency != nil || new.clk == .high || new.io == .high {
                record(.deactivationOrder(.vcc))
            }
            end(time)
            suppliedUntil = time.nanoseconds
            return
        }
        guard !old.isPowered else { return record(.supplyChanged) }
        isBroken = false
        resetBegan = time.clockPeriods
        if let suppliedUntil, time.nanoseconds - suppliedUntil < ContactPort.pause {
            record(.shortPause(nanoseconds: time.nanoseconds - suppliedUntil))
        }
        if new.rst == .high { record(.signalWithoutSupply(.rst)) }
        if new.clockFrequency != nil || new.clk == .high { record(.signalWithoutSupply(.clk)) }
        if new.io == .high { record(.signalWithoutSupply(.io)) }
    }

    private mutating func resetChanged(to new: ContactLevels, at time: ContactTime) {
        guard new.isPowered else { return }
        if new.rst == .low {
            resetBegan = time.clockPeriods
            isReset = false
        } else {
            let periods = new.clockFrequency == nil ? 0 : time.clockPeriods - (resetBegan ?? time.clockPeriods)
            if periods < ContactPort.resetPeriods { record(.shortReset(periods: periods)) }
            isReset = true
        }
    }

    private mutating func clockChanged(from old: ContactLevels, to new: ContactLevels, at time: ContactTime) {
        guard new.isPowered else { return }
        if let frequency = new.clockFrequency {
            if new.io != .high { record(.clockBeforeReception) }
            if isReset {
                clockResumed = time.clockPeriods
                return
            }
            if !(1_000...5_000).contains(frequency) { record(.clockFrequency(frequency)) }
            resetBegan = time.clockPeriods
        } else if isReset, old.clockFrequency != nil {
            let isAllowed =
                clockStop == .either || clockStop == .low && new.clk == .low || clockStop == .high && new.clk == .high
            if !isAllowed {
                record(.clockStopped(new.clk))
            } else if time.clockPeriods - lastUse < ContactPort.stillPeriods {
                record(.earlyClockStop(periods: max(0, time.clockPeriods - lastUse)))
            }
        }
    }

    private mutating func ioChanged(from old: ContactLevels, to new: ContactLevels) {
        guard new.isPowered, new.io == .low else { return }
        if new.clockFrequency != nil || new.rst == .high { record(.deactivationOrder(.io)) }
    }
}
