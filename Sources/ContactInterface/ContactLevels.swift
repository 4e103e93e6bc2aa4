public import ISO7816

/// A class of operating conditions: the supply of a card (ISO/IEC 7816-3, 5.2.1).
public enum OperatingClass: Sendable, Hashable, CaseIterable {
    /// 5 V.
    case a
    /// 3 V.
    case b
    /// 1.8 V.
    case c

    /// VCC, in millivolts.
    public var millivolts: Int {
        switch self {
        case .a: 5_000
        case .b: 3_000
        case .c: 1_800
        }
    }

    /// The class as in a card's class indicator.
    public var indicator: AnswerToReset.OperatingClasses {
        switch self {
        case .a: .fiveVolts
        case .b: .threeVolts
        case .c: .oneEightVolts
        }
    }
}

/// The state of a contact that carries a signal.
public enum Level: Sendable, Hashable {
    /// State L.
    case low
    /// State H; for I/O: released, and high unless the other side pulls it low.
    case high
}

/// What the reader applies to the contacts, as seen by the card.
public struct ContactLevels: Sendable, Hashable {
    /// VCC; nil while it is off.
    public internal(set) var supply: OperatingClass?
    public internal(set) var rst = Level.low
    /// CLK while the clock is stopped.
    public internal(set) var clk = Level.low
    /// The clock in kilohertz while it runs; nil while it is stopped.
    public internal(set) var clockFrequency: Int?
    /// C6; high is the idle state of the programming voltage that it carried in the standard's first editions.
    public internal(set) var spu = Level.low
    /// What the reader does with I/O: pulls it low, or releases it, as in reception.
    public internal(set) var io = Level.low

    /// Whether VCC is on.
    public var isPowered: Bool { supply != nil }

    /// The contact that differs; nil where none or several differ, as when a card is pulled out.
    func change(to new: ContactLevels) -> Contact? {
        var changed: [Contact] = []
        if supply != new.supply { changed.append(.vcc) }
        if rst != new.rst { changed.append(.rst) }
        if clk != new.clk || clockFrequency != new.clockFrequency { changed.append(.clk) }
        if spu != new.spu { changed.append(.spu) }
        if io != new.io { changed.append(.io) }
        return changed.count == 1 ? changed[0] : nil
    }
}

/// A point in time at a port.
public struct ContactTime: Sendable, Hashable {
    /// Nanoseconds since the port was created.
    public let nanoseconds: UInt64
    /// Clock periods since then, while the clock was running.
    public let clockPeriods: Int
}
