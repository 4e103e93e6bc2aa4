/// The answer to ADD DEBT and REMIT DEBT: `debt u64 ‖ HTXN u64`.
public struct DebtReceipt: Sendable, Hashable {
    /// What the meter's purse owes now.
    public let debt: Amount
    public let htxn: HostTransaction

    public init(debt: Amount, htxn: HostTransaction) {
        self.debt = debt
        self.htxn = htxn
    }

    @_lifetime(reader: copy reader)
    init(_ reader: inout ByteReader) {
        debt = Amount(rawValue: reader.read())
        htxn = HostTransaction(rawValue: reader.read())
    }

    public func append(to bytes: inout [UInt8]) {
        bytes.append(bigEndian: debt.rawValue)
        bytes.append(bigEndian: htxn.rawValue)
    }
}

/// Makes a meter owe more: what its next credits repay, as far as the rules in force have them do so.
public struct AddDebt: ElementOperation {
    public static let code = OperationCode.addDebt
    public let order: CreditOrder
    public init(_ order: CreditOrder) { self.order = order }
    public var request: [UInt8] { order.bytes }

    @_lifetime(reader: copy reader)
    public static func answer(from reader: inout ByteReader) -> DebtReceipt? { DebtReceipt(&reader) }
}

/// Makes a meter owe less, without value that repays.
public struct RemitDebt: ElementOperation {
    public static let code = OperationCode.remitDebt
    public let order: CreditOrder
    public init(_ order: CreditOrder) { self.order = order }
    public var request: [UInt8] { order.bytes }

    @_lifetime(reader: copy reader)
    public static func answer(from reader: inout ByteReader) -> DebtReceipt? { DebtReceipt(&reader) }
}

extension AddDebt: ExemplifiedOperation {
    package init?(example values: inout some ExampleValues) { self.init(CreditOrder(example: &values)) }
}

extension RemitDebt: ExemplifiedOperation {
    package init?(example values: inout some ExampleValues) { self.init(CreditOrder(example: &values)) }
}
