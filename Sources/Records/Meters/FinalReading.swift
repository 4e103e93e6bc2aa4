public import ValueProtocol

/// What a meter showed when it was taken out of use, kept for good.
public struct FinalReading: Sendable, Hashable {
    public let service: UtilityService
    /// Of the purse; nil if it is not on record.
    public let currency: Currency?
    /// In the purse.
    public let balance: Amount
    /// Token in use, debt and life totals; nil of a meter that does not tell them.
    public let account: MeterAccount?
    /// Wh or litres of the months that the meter has recorded, in all; nil of a meter that records none.
    public let quantity: UInt64?
    /// The meter's clock, and the host's time when it was read.
    public let clock: Timestamp
    public let time: Timestamp

    public init(
        service: UtilityService, currency: Currency?, balance: Amount, account: MeterAccount?, quantity: UInt64?,
        clock: Timestamp, time: Timestamp
    ) {
        self.service = service
        self.currency = currency
        self.balance = balance
        self.account = account
        self.quantity = quantity
        self.clock = clock
        self.time = time
    }

    /// In the purse and in the token in use.
    public var value: Amount { account?.value ?? balance }
    public var debt: Amount { account?.debt ?? .zero }
}

extension FinalReading: CustomStringConvertible {
    /// For display; do not compare it.
    public var description: String {
        let unit = currency.map { " \($0)" } ?? ""
        let spent = account.map { ", spent \($0.spent)" } ?? ""
        let quantity = quantity.map { ", \($0) Wh or litres" } ?? ""
        return "value \(value)\(unit), debt \(debt)\(spent)\(quantity), clock \(clock.dateTime)"
    }
}

/// Use without value that was not repaid.
public struct MeterDebt: Sendable, Hashable {
    public let currency: Currency
    public let amount: Amount

    public init(currency: Currency, amount: Amount) {
        self.currency = currency
        self.amount = amount
    }
}

extension FinalReading {
    /// `service u8 ‖ currency? u16 ‖ balance u64 ‖ account? 53 ‖ quantity? u64 ‖ clock u32 ‖ time u32`
    func append(to bytes: inout [UInt8]) {
        bytes.append(service.rawValue)
        bytes.append(optional: currency) { $0.append(bigEndian: $1.rawValue) }
        bytes.append(bigEndian: balance.rawValue)
        bytes.append(optional: account) { $1.append(to: &$0) }
        bytes.append(optional: quantity) { $0.append(bigEndian: $1) }
        bytes.append(bigEndian: clock.rawValue)
        bytes.append(bigEndian: time.rawValue)
    }

    /// Parses what `append` makes; nil for anything else.
    @_lifetime(reader: copy reader)
    init?(from reader: inout ByteReader) {
        service = UtilityService(rawValue: reader.readByte())
        guard let hasCurrency = reader.readFlag() else { return nil }
        currency = hasCurrency ? Currency(rawValue: reader.read()) : nil
        balance = Amount(rawValue: reader.read())
        guard let hasAccount = reader.readFlag() else { return nil }
        var told: MeterAccount?
        if hasAccount {
            guard let read = MeterAccount(from: &reader) else { return nil }
            told = read
        }
        account = told
        guard let hasQuantity = reader.readFlag() else { return nil }
        quantity = hasQuantity ? reader.read() : nil
        clock = Timestamp(rawValue: reader.read())
        time = Timestamp(rawValue: reader.read())
    }
}
