/// Asks a meter for the account of its purse: `service u8` (protocol §10, ACCOUNT). Its answer is a ``MeterAccount``.
public struct AskAccount: ElementOperation {
    public static let code = OperationCode.account
    public let service: UtilityService

    public init(service: UtilityService) { self.service = service }

    public var request: [UInt8] { [service.rawValue] }

    /// Parses a plaintext C3; nil if it is malformed.
    public init?(_ c3: [UInt8]) {
        guard c3.count == 1 else { return nil }
        service = UtilityService(rawValue: c3[0])
    }

    @_lifetime(reader: copy reader)
    public static func answer(from reader: inout ByteReader) -> MeterAccount? { MeterAccount(from: &reader) }
}

extension AskAccount: ExemplifiedOperation {
    package init?(example values: inout some ExampleValues) { self.init(service: values.service()) }
}

/// What a meter's purse holds, what it owes, and what became of the value that it was given, in micro-units.
///
/// At all times credits − refunds + `paid` + `debt` − (debt added − debt remitted) = `balance` + `inUse` + `spent` +
/// `forfeited`.
public struct MeterAccount: Sendable, Hashable {
    public var balance: Amount
    /// What is left of the token in use.
    public var inUse: Amount
    /// Used without value, or added by the host, and not repaid yet.
    public var debt: Amount
    /// On use, since manufacture.
    public var spent: Amount
    /// Lost with tokens in power cuts, since manufacture.
    public var forfeited: Amount
    /// For energy given back, since manufacture.
    public var paid: Amount
    /// The id of the table or rules in force; 0 for none.
    public var tableInForce: UInt16
    /// The id of the next table or rules; 0 for none.
    public var nextTable: UInt16
    public var supply: MeterSupply

    public init(
        balance: Amount, inUse: Amount = .zero, debt: Amount = .zero, spent: Amount, forfeited: Amount = .zero,
        paid: Amount = .zero, tableInForce: UInt16 = 0, nextTable: UInt16 = 0, supply: MeterSupply
    ) {
        self.balance = balance
        self.inUse = inUse
        self.debt = debt
        self.spent = spent
        self.forfeited = forfeited
        self.paid = paid
        self.tableInForce = tableInForce
        self.nextTable = nextTable
        self.supply = supply
    }

    /// In the purse and in the token in use; the most that there can be where the sum is beyond 64 bits.
    public var value: Amount { balance.adding(inUse) ?? .all }

    /// `balance u64 ‖ in use u64 ‖ debt u64 ‖ spent u64 ‖ forfeited u64 ‖ paid u64 ‖ id in force u16 ‖ next id u16 ‖
    /// supply u8`
    public func append(to bytes: inout [UInt8]) {
        for amount in [balance, inUse, debt, spent, forfeited, paid] { bytes.append(bigEndian: amount.rawValue) }
        bytes.append(bigEndian: tableInForce)
        bytes.append(bigEndian: nextTable)
        bytes.append(supply.rawValue)
    }

    /// Parses what `append` makes; nil for anything else.
    @_lifetime(reader: copy reader)
    package init?(from reader: inout ByteReader) {
        balance = Amount(rawValue: reader.read())
        inUse = Amount(rawValue: reader.read())
        debt = Amount(rawValue: reader.read())
        spent = Amount(rawValue: reader.read())
        forfeited = Amount(rawValue: reader.read())
        paid = Amount(rawValue: reader.read())
        tableInForce = reader.read()
        nextTable = reader.read()
        guard let supply = MeterSupply(rawValue: reader.readByte()) else { return nil }
        self.supply = supply
    }
}

/// Whether a meter supplies, and why, as ACCOUNT tells; the numbers are the protocol's.
public enum MeterSupply: UInt8, Sendable, Hashable, CaseIterable {
    case off = 0
    case on = 1
    case emergencyCredit = 2
    case friendlyCredit = 3
    /// More was drawn than is allowed.
    case limited = 4
    case tampered = 5
    /// Until somebody presses a key.
    case waitsForPerson = 6
}

extension MeterSupply: CustomStringConvertible {
    /// In words.
    public var description: String {
        switch self {
        case .off: "off"
        case .on: "on"
        case .emergencyCredit: "on by emergency credit"
        case .friendlyCredit: "on by friendly credit"
        case .limited: "off by the limit"
        case .tampered: "off since it was tampered with"
        case .waitsForPerson: "off until a key is pressed"
        }
    }
}
