/// What the global interface bytes say (ISO/IEC 7816-3, 8.3).
extension AnswerToReset {
    /// The clock rate conversion integer with its maximum frequency (TA1, high half; table 7).
    public struct ClockRateConversion: Sendable, Hashable {
        /// Fi: clock periods of an elementary time unit at Di = 1.
        public let integer: Int
        /// f(max) in kilohertz.
        public let maximumFrequency: Int

        /// Fi, and f(max) in kilohertz.
        public init(_ integer: Int, _ maximumFrequency: Int) {
            self.integer = integer
            self.maximumFrequency = maximumFrequency
        }
    }

    private static let clockRates: [ClockRateConversion?] = [
        .init(372, 4_000), .init(372, 5_000), .init(558, 6_000), .init(744, 8_000), .init(1_116, 12_000),
        .init(1_488, 16_000), .init(1_860, 20_000), nil, nil, .init(512, 5_000), .init(768, 7_500),
        .init(1_024, 10_000), .init(1_536, 15_000), .init(2_048, 20_000), nil, nil,
    ]

    private static let baudRateAdjustments: [Int?] = [
        nil, 1, 2, 4, 8, 16, 32, 64, 12, 20, nil, nil, nil, nil, nil, nil,
    ]

    /// Fi and f(max); nil where TA1 holds a value reserved for future use. Without TA1: 372 and 5 MHz.
    public var clockRateConversion: ClockRateConversion? { Self.clockRate(index: (levels[0].ta ?? 0x11) >> 4) }

    /// Di; nil where TA1 holds a value reserved for future use. Without TA1: 1.
    public var baudRateAdjustment: Int? { Self.baudRateAdjustment(index: (levels[0].ta ?? 0x11) & 0x0F) }

    /// Fi and f(max) by their index, 0 to 15; nil where it is reserved for future use (table 7).
    package static func clockRate(index: UInt8) -> ClockRateConversion? { clockRates[Int(index)] }

    /// Di by its index, 0 to 15; nil where it is reserved for future use (table 8).
    package static func baudRateAdjustment(index: UInt8) -> Int? { baudRateAdjustments[Int(index)] }

    /// N, the extra guard time in elementary time units (TC1): 0 to 254, and 255 for the minimum of the protocol.
    /// Without TC1: 0.
    public var extraGuardTime: UInt8 { levels[0].tc ?? 0 }

    /// The specific mode (TA2): the card speaks only this protocol, without negotiation.
    public struct SpecificMode: Sendable, Hashable {
        /// The protocol.
        public let protocolNumber: UInt8
        /// Whether a warm reset may lead to the negotiable mode.
        public let canChange: Bool
        /// Whether F and D are those of TA1; else the reader must know them.
        public let usesOfferedSpeed: Bool
    }

    /// The specific mode; nil in the negotiable mode (no TA2).
    public var specificMode: SpecificMode? {
        guard levels.count > 1, let byte = levels[1].ta else { return nil }
        return SpecificMode(
            protocolNumber: byte & 0x0F, canChange: byte & 0x80 == 0, usesOfferedSpeed: byte & 0x10 == 0)
    }

    /// The protocols offered, in the order of their first TD; T=0 alone without TD1. T=15 is not a protocol.
    public var protocols: [UInt8] {
        var found: [UInt8] = []
        for level in levels {
            guard let td = level.td else { continue }
            let number = td & 0x0F
            if number != 15, !found.contains(number) { found.append(number) }
        }
        return found.isEmpty ? [0] : found
    }

    /// The protocol without negotiation: that of TA2 or TD1, else T=0.
    public var defaultProtocol: UInt8 { specificMode?.protocolNumber ?? protocols[0] }

    /// In which state the clock may be stopped (T=15, first TA, XI).
    public enum ClockStop: UInt8, Sendable, Hashable {
        case notSupported = 0
        case low = 1
        case high = 2
        case either = 3
    }

    /// In which state the clock may be stopped. Default: it may not be stopped.
    public var clockStop: ClockStop {
        switch (first(of: 15, \.ta) ?? 0) >> 6 {
        case 0: .notSupported
        case 1: .low
        case 2: .high
        default: .either
        }
    }

    /// Operating conditions (T=15, first TA, UI).
    public struct OperatingClasses: OptionSet, Sendable, Hashable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        /// Class A: 5 V.
        public static let fiveVolts = OperatingClasses(rawValue: 1)
        /// Class B: 3 V.
        public static let threeVolts = OperatingClasses(rawValue: 2)
        /// Class C: 1.8 V.
        public static let oneEightVolts = OperatingClasses(rawValue: 4)
    }

    /// The supplies that the card works with. Default: 5 V.
    public var operatingClasses: OperatingClasses { classIndicator ?? .fiveVolts }

    /// The supplies that the card names; nil where it has no class indicator (T=15, first TA).
    public var classIndicator: OperatingClasses? {
        first(of: 15, \.ta).map { OperatingClasses(rawValue: $0 & 0x3F) }
    }

    /// The use of the contact SPU (T=15, first TB); nil where the card does not use it.
    public var standardUse: UInt8? { first(of: 15, \.tb) }

    /// The first interface byte on a level above the second that belongs to protocol `number`.
    func first(of number: UInt8, _ byte: KeyPath<ATRInterfaceBytes, UInt8?>) -> UInt8? {
        for level in levels.dropFirst(2) where level.protocolNumber == number {
            if let value = level[keyPath: byte] { return value }
        }
        return nil
    }
}
