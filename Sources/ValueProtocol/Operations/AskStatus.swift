/// Asks for the outcome of a transaction: `HTXN u64, or 0 ‖ service u8`. It resolves every unknown outcome (protocol
/// §7).
public struct AskStatus: ElementOperation {
    public static let code = OperationCode.status
    public let htxn: HostTransaction
    public let service: UtilityService

    public init(htxn: HostTransaction = .none, service: UtilityService) {
        self.htxn = htxn
        self.service = service
    }

    public var request: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: htxn.rawValue)
        bytes.append(service.rawValue)
        return bytes
    }

    /// Parses a plaintext C3; nil if it is malformed.
    public init?(_ c3: [UInt8]) {
        var reader = ByteReader(c3.span)
        htxn = HostTransaction(rawValue: reader.read())
        service = UtilityService(rawValue: reader.readByte())
        guard reader.isFinished else { return nil }
    }

    /// `NT u32 ‖ highest HTXN u64 ‖ lowest HTXN kept u64 ‖ found u8 ‖ amount u64 ‖ balance u64`
    ///
    /// In a TRANSFER session NT, amount and balance are those of the slot's last debit, and the highest HTXN is the
    /// slot's binding.
    public struct Answer: Sendable, Hashable {
        /// The element's own; in a TRANSFER session, that of the slot's last debit.
        public let nt: UInt32
        public let highest: HostTransaction
        public let lowestKept: HostTransaction
        public let found: Bool
        public let amount: Amount
        public let balance: Amount

        public init(
            nt: UInt32, highest: HostTransaction = .none, lowestKept: HostTransaction = .none, found: Bool,
            amount: Amount, balance: Amount
        ) {
            self.nt = nt
            self.highest = highest
            self.lowestKept = lowestKept
            self.found = found
            self.amount = amount
            self.balance = balance
        }

        public func append(to bytes: inout [UInt8]) {
            bytes.append(bigEndian: nt)
            bytes.append(bigEndian: highest.rawValue)
            bytes.append(bigEndian: lowestKept.rawValue)
            bytes.append(found ? 1 : 0)
            bytes.append(bigEndian: amount.rawValue)
            bytes.append(bigEndian: balance.rawValue)
        }
    }

    @_lifetime(reader: copy reader)
    public static func answer(from reader: inout ByteReader) -> Answer? {
        let nt: UInt32 = reader.read()
        let highest = HostTransaction(rawValue: reader.read())
        let lowest = HostTransaction(rawValue: reader.read())
        let found = reader.readByte()
        guard found <= 1 else { return nil }
        return Answer(
            nt: nt, highest: highest, lowestKept: lowest, found: found == 1, amount: Amount(rawValue: reader.read()),
            balance: Amount(rawValue: reader.read()))
    }
}

extension AskStatus: ExemplifiedOperation {
    package init?(example values: inout some ExampleValues) {
        self.init(htxn: values.transaction(), service: values.service())
    }
}
