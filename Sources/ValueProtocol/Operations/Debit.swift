/// Draws value from a card into a meter:
/// `credited NT u32 ‖ currency u16 ‖ amount u64 ‖ time u32 ‖ meter status, 0 to 128 bytes`.
public struct Debit: ElementOperation {
    public static let code = OperationCode.debit
    /// NT of the last debit from this card that the meter has credited to its own purse; 0 for none.
    public let creditedNT: UInt32
    public let currency: Currency
    /// The amount requested; `.all` for the whole balance.
    public let amount: Amount
    public let time: Timestamp
    /// BER-TLV that the card carries back to the host; empty leaves the previous one.
    public let meterStatus: [UInt8]

    public init(creditedNT: UInt32, currency: Currency, amount: Amount, time: Timestamp, meterStatus: [UInt8] = []) {
        self.creditedNT = creditedNT
        self.currency = currency
        self.amount = amount
        self.time = time
        self.meterStatus = meterStatus
    }

    public var request: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: creditedNT)
        bytes.append(bigEndian: currency.rawValue)
        bytes.append(bigEndian: amount.rawValue)
        bytes.append(bigEndian: time.rawValue)
        bytes.append(contentsOf: meterStatus)
        return bytes
    }

    /// Parses a plaintext C3; nil if it is malformed.
    public init?(_ c3: [UInt8]) {
        var reader = ByteReader(c3.span)
        creditedNT = reader.read()
        currency = Currency(rawValue: reader.read())
        amount = Amount(rawValue: reader.read())
        time = Timestamp(rawValue: reader.read())
        meterStatus = reader.readBytes(reader.remaining)
        guard reader.isFinished, meterStatus.count <= MeterStatusRecord.maxStatusBytes else { return nil }
    }

    /// `balance u64 ‖ amount debited u64 ‖ NT u32`
    public struct Answer: Sendable, Hashable {
        public let balance: Amount
        public let debited: Amount
        /// The session's, which the meter records with the credit.
        public let nt: UInt32

        public init(balance: Amount, debited: Amount, nt: UInt32) {
            self.balance = balance
            self.debited = debited
            self.nt = nt
        }

        public func append(to bytes: inout [UInt8]) {
            bytes.append(bigEndian: balance.rawValue)
            bytes.append(bigEndian: debited.rawValue)
            bytes.append(bigEndian: nt)
        }
    }

    @_lifetime(reader: copy reader)
    public static func answer(from reader: inout ByteReader) -> Answer? {
        Answer(
            balance: Amount(rawValue: reader.read()), debited: Amount(rawValue: reader.read()), nt: reader.read())
    }
}

extension Debit: ExemplifiedOperation {
    package init?(example values: inout some ExampleValues) {
        self.init(
            creditedNT: values.creditedNT(), currency: values.currency(), amount: values.amount(default: 5),
            time: values.time(default: 5),
            // One byte more than a slot has.
            meterStatus: values.bytes(upTo: MeterStatusRecord.maxStatusBytes + 1, default: [0x80, 1, 1]))
    }
}
