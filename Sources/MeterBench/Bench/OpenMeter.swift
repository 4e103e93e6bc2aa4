public import ISO7816
public import Meter
internal import ValueElement
public import ValueProtocol

/// A meter that is powered up from its file or folder.
public enum OpenMeter {
    case offLine(OffLineMeter)
    case electric(BenchMeter)

    /// Powers a meter up while `body` works with it; an electric meter is stopped on every way out.
    ///
    /// - Parameters:
    ///   - path: of the memory file of an off-line meter, or of the folder of an electric one.
    ///   - clock: the time of day.
    ///   - body: works with the meter.
    /// - Returns: the result of `body`.
    /// - Throws: `MemoryError`, `MeterError`, `BenchError`; what `body` threw.
    public static func with<Value>(
        _ path: String, clock: @escaping () -> Timestamp, _ body: (OpenMeter) throws -> Value
    ) throws -> Value {
        let folder = MeterFolder(path: path)
        guard folder.exists else {
            let parts = MeterParts(clock: AdjustableClock { clock().rawValue })
            return try body(.offLine(try OffLineMeter(try MemoryFile.open(at: path), name: path, parts: parts)))
        }
        let unit = try BenchMeter(folder, now: Int64(clock().rawValue) * 1000)
        let result = Result { try body(.electric(unit)) }
        try unit.stop()
        return try result.get()
    }

    /// Its name in errors.
    public var name: String {
        switch self {
        case .offLine(let meter): meter.name
        case .electric(let unit): unit.meter.name
        }
    }

    /// What it shows now.
    public var reading: Reading {
        switch self {
        case .offLine(let meter): .offLine(meter.reading)
        case .electric(let unit): .electric(unit.meter.reading)
        }
    }

    /// The wear of its flash; nil if it has none.
    public var wear: FlashWear? { if case .electric(let unit) = self { unit.wear } else { nil } }

    /// Draws value from a card into the meter.
    ///
    /// - Parameters:
    ///   - channel: the channel to the card.
    ///   - amount: the maximum.
    /// - Throws: `MeterError`.
    public func redeem(from channel: any CardChannel, _ amount: Amount) throws(MeterError) -> Redemption {
        switch self {
        case .offLine(let meter): try meter.redeem(from: channel, amount)
        case .electric(let unit): try unit.meter.redeem(from: channel, amount)
        }
    }

    /// The reading of a meter of either kind.
    public enum Reading: Sendable {
        case offLine(MeterReading)
        case electric(ElectricReading)

        /// Of the meter's purse; nil if it has none.
        public var currency: Currency? {
            switch self {
            case .offLine(let reading): reading.purse?.currency
            case .electric(let reading): reading.purse?.currency
            }
        }
    }
}
