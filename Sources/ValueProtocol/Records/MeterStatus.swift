/// What a meter reports to the host through a card: BER-TLV, context class, at most 128 bytes.
///
/// `80` counter u64, `81` balance u64, `82` spent u64, `83` valve u8 (1 open), `84` clock u32, `85` state u8, `86`
/// wrong signatures u16.
public struct MeterStatus: Sendable, Hashable {
    /// Litres of gas or water, or Wh of heat.
    public let counter: UInt64
    /// Before the redemption that carries it.
    public let balance: Amount
    public let spent: Amount
    public let isValveOpen: Bool
    public let clock: Timestamp
    public let state: LifeCycle
    public let wrongSignatures: UInt16

    /// The encoded status, as in a DEBIT.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        func append(_ tag: UInt8, _ value: some FixedWidthInteger) {
            bytes += [tag, UInt8(value.bitWidth / 8)]
            bytes.append(bigEndian: value)
        }
        append(0x80, counter)
        append(0x81, balance.rawValue)
        append(0x82, spent.rawValue)
        append(0x83, isValveOpen ? 1 : 0 as UInt8)
        append(0x84, clock.rawValue)
        append(0x85, state.rawValue)
        append(0x86, wrongSignatures)
        return bytes
    }

    public init(
        counter: UInt64, balance: Amount, spent: Amount, isValveOpen: Bool, clock: Timestamp, state: LifeCycle,
        wrongSignatures: UInt16
    ) {
        self.counter = counter
        self.balance = balance
        self.spent = spent
        self.isValveOpen = isValveOpen
        self.clock = clock
        self.state = state
        self.wrongSignatures = wrongSignatures
    }

    /// Nil if the bytes are not a valid status.
    public init?(_ bytes: [UInt8]) {
        var reader = ByteReader(bytes.span)
        func read<T: FixedWidthInteger & UnsignedInteger>(_ tag: UInt8, _ reader: inout ByteReader) -> T? {
            guard reader.readByte() == tag, reader.readByte() == UInt8(T.bitWidth / 8) else { return nil }
            return reader.read()
        }
        guard let counter: UInt64 = read(0x80, &reader), let balance: UInt64 = read(0x81, &reader),
            let spent: UInt64 = read(0x82, &reader), let valve: UInt8 = read(0x83, &reader),
            let clock: UInt32 = read(0x84, &reader), let state: UInt8 = read(0x85, &reader),
            let wrong: UInt16 = read(0x86, &reader), reader.isFinished, let life = LifeCycle(rawValue: state)
        else { return nil }
        self.init(
            counter: counter, balance: Amount(rawValue: balance), spent: Amount(rawValue: spent),
            isValveOpen: valve == 1, clock: Timestamp(rawValue: clock), state: life, wrongSignatures: wrong)
    }
}
