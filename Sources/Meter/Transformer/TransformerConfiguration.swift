public import Metrology
internal import ValueElement
internal import ValueProtocol

/// The configuration of a local unit's meter at manufacture, as on its type plate: 3 × 230 V, 400/5 A, 50 Hz.
public struct TransformerConfiguration: Sendable, Hashable {
    /// How many phases are measured and summed: 1 to 3.
    public let phases: Int
    /// V rms of a phase to neutral.
    public let voltage: Double
    /// Hz.
    public let frequency: Double
    /// Before the inputs of each phase.
    public let transformer: CurrentTransformer
    /// Minutes by which local time is ahead of UTC; days, weeks and months begin by it.
    public let localOffset: Int16

    /// - Parameters:
    ///   - phases: 1 to 3.
    ///   - voltage: V rms of a phase to neutral, in steps of 1 mV, up to 4,000,000.
    ///   - frequency: Hz, in steps of 1 mHz.
    ///   - transformer: of each phase, in steps of 1 mA.
    ///   - localOffset: minutes ahead of UTC.
    public init(
        phases: Int = 3, voltage: Double = 230, frequency: Double = 50, transformer: CurrentTransformer,
        localOffset: Int16 = 0
    ) {
        precondition((1...3).contains(phases), "a local unit measures 1 to 3 phases")
        precondition(
            [voltage, frequency, transformer.primary, transformer.secondary].allSatisfy { (0.001...4e6).contains($0) },
            "a rating is neither 0 nor endless")
        self.phases = phases
        self.voltage = voltage
        self.frequency = frequency
        self.transformer = transformer
        self.localOffset = localOffset
    }

    /// The rating of the unit's own inputs, behind the transformer.
    public var inputRating: ChannelRating {
        ChannelRating(
            nominalVoltage: voltage, nominalCurrent: transformer.secondary, nominalFrequency: frequency)
    }

    /// The measurement of a phase, whose energy is that of the line.
    ///
    /// - Parameters:
    ///   - frontEnd: the source of its samples, made for ``inputRating``.
    ///   - calibration: of the unit's own inputs; the nominal design values by default.
    public func measurement(_ frontEnd: FrontEnd, _ calibration: Calibration? = nil) -> ChannelMeasurement {
        ChannelMeasurement(inputRating, through: transformer, frontEnd, calibration)
    }

    var calendar: LocalCalendar { LocalCalendar(offset: localOffset) }

    static let record = RecordName(0x0402)
    private static let version: UInt8 = 1

    /// `version u8 ‖ phases u8 ‖ class u8 ‖ minutes i16 ‖ mV u32 ‖ mHz u32 ‖ mA in the line u32 ‖ mA to the unit u32`
    var change: RecordChange {
        var bytes: [UInt8] = [
            TransformerConfiguration.version, UInt8(phases), transformer.accuracyClass.rawValue,
        ]
        bytes.append(bigEndian: UInt16(bitPattern: localOffset))
        for value in [voltage, frequency, transformer.primary, transformer.secondary] {
            bytes.append(bigEndian: UInt32((value * 1000).rounded()))
        }
        return RecordChange(TransformerConfiguration.record, bytes)
    }

    /// Nil if the record is missing or damaged.
    init?(_ bytes: [UInt8]?) {
        guard let bytes else { return nil }
        var reader = ByteReader(bytes.span)
        guard reader.readByte() == TransformerConfiguration.version else { return nil }
        let phases = Int(reader.readByte())
        let accuracy = CurrentTransformer.AccuracyClass(rawValue: reader.readByte())
        let offset = Int16(bitPattern: reader.read())
        var values: [Double] = []
        for _ in 0..<4 { values.append(Double(reader.read(UInt32.self)) / 1000) }
        guard let accuracy, reader.isFinished, (1...3).contains(phases),
            values.allSatisfy({ (0.001...4e6).contains($0) })
        else { return nil }
        self.init(
            phases: phases, voltage: values[0], frequency: values[1],
            transformer: CurrentTransformer(primary: values[2], secondary: values[3], accuracyClass: accuracy),
            localOffset: offset)
    }
}
