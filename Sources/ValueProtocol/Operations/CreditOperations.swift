/// The body of STORE CREDIT, REFUND, ADD DEBT and REMIT DEBT: `HTXN u64 ‖ service ‖ currency u16 ‖ amount u64 ‖ time u32`.
public struct CreditOrder: Sendable, Hashable {
    public let htxn: HostTransaction
    public let service: UtilityService
    public let currency: Currency
    public let amount: Amount
    public let time: Timestamp

    public init(htxn: HostTransaction, service: UtilityService, currency: Currency, amount: Amount, time: Timestamp) {
        self.htxn = htxn
        self.service = service
        self.currency = currency
        self.amount = amount
        self.time = time
    }

    /// The 23 bytes of the plaintext C3.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(40)
        bytes.append(bigEndian: htxn.rawValue)
        bytes.append(service.rawValue)
        bytes.append(bigEndian: currency.rawValue)
        bytes.append(bigEndian: amount.rawValue)
        bytes.append(bigEndian: time.rawValue)
        return bytes
    }

    /// Parses a plaintext C3; nil for a wrong length or HTXN 0.
    public init?(_ c3: [UInt8]) {
        var reader = ByteReader(c3.span)
        htxn = HostTransaction(rawValue: reader.read())
        service = UtilityService(rawValue: reader.readByte())
        currency = Currency(rawValue: reader.read())
        amount = Amount(rawValue: reader.read())
        time = Timestamp(rawValue: reader.read())
        guard reader.isFinished, htxn != .none else { return nil }
    }
}

/// The answer to STORE CREDIT and REFUND: `balance u64 ‖ HTXN u64`.
public struct CreditReceipt: Sendable, Hashable {
    public let balance: Amount
    public let htxn: HostTransaction

    public init(balance: Amount, htxn: HostTransaction) {
        self.balance = balance
        self.htxn = htxn
    }

    @_lifetime(reader: copy reader)
    init(_ reader: inout ByteReader) {
        balance = Amount(rawValue: reader.read())
        htxn = HostTransaction(rawValue: reader.read())
    }

    public func append(to bytes: inout [UInt8]) {
        bytes.append(bigEndian: balance.rawValue)
        bytes.append(bigEndian: htxn.rawValue)
    }
}

/// Adds value to a purse.
public struct StoreCredit: ElementOperation {
    public static let code = OperationCode.storeCredit
    public let order: CreditOrder
    public init(_ order: CreditOrder) { self.order = order }
    public var request: [UInt8] { order.bytes }

    @_lifetime(reader: copy reader)
    public static func answer(from reader: inout ByteReader) -> CreditReceipt? { CreditReceipt(&reader) }
}

/// Removes value from a purse.
public struct Refund: ElementOperation {
    public static let code = OperationCode.refund
    public let order: CreditOrder
    public init(_ order: CreditOrder) { self.order = order }
    public var request: [UInt8] { order.bytes }

    @_lifetime(reader: copy reader)
    public static func answer(from reader: inout ByteReader) -> CreditReceipt? { CreditReceipt(&reader) }
}

extension CreditOrder {
    init(example values: inout some ExampleValues) {
        self.init(
            htxn: values.transaction(), service: values.service(), currency: values.currency(),
            amount: values.amount(default: 5), time: values.time(default: 9))
    }
}

extension StoreCredit: ExemplifiedOperation {
    package init?(example values: inout some ExampleValues) { self.init(CreditOrder(example: &values)) }
}

extension Refund: ExemplifiedOperation {
    package init?(example values: inout some ExampleValues) { self.init(CreditOrder(example: &values)) }
}
