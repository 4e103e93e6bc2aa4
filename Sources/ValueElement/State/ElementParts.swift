public import CardCrypto
public import ValueProtocol

/// A key and its name.
public struct StoredKey: Sendable, Equatable {
    public let name: KeyName
    public let key: Secret

    public init(name: KeyName, key: Secret) {
        self.name = name
        self.key = key
    }

    public static func == (a: StoredKey, b: StoredKey) -> Bool { a.name == b.name && a.key.matches(b.key) }
}

/// Value of one service.
public struct Purse: Sendable, Hashable {
    public let service: UtilityService
    public var currency: Currency
    /// The maximum balance.
    public var limit: Amount
    public var balance: Amount

    public init(service: UtilityService, currency: Currency, limit: Amount, balance: Amount = .zero) {
        self.service = service
        self.currency = currency
        self.limit = limit
        self.balance = balance
    }
}

/// The meter to which a card's purse is bound, the key for it, and the last debit.
public struct MeterBinding: Sendable, Equatable {
    public let service: UtilityService
    public let meter: PartyID
    public var version: UInt8
    public var kx: Secret
    /// The slot's number, which a meter compares; 0 in a slot that an earlier version made.
    public var number: UInt32
    /// NT of the last debit; 0 for none.
    public var nt: UInt32 = 0
    public var amount = Amount.zero
    /// After the last debit.
    public var balance = Amount.zero
    public var time = Timestamp(rawValue: 0)
    /// NT of the debit that brought the meter status; 0 for none.
    public var statusNT: UInt32 = 0
    public var statusTime = Timestamp(rawValue: 0)
    /// BER-TLV, at most 128 bytes.
    public var meterStatus: [UInt8] = []
    /// The parts of the letter to the meter, as they came; empty for none.
    public var letter: [[UInt8]] = []

    public init(service: UtilityService, meter: PartyID, version: UInt8, kx: Secret, number: UInt32 = 1) {
        self.service = service
        self.meter = meter
        self.version = version
        self.kx = kx
        self.number = number
    }

    public static func == (a: MeterBinding, b: MeterBinding) -> Bool {
        a.service == b.service && a.meter == b.meter && a.version == b.version && a.kx.matches(b.kx)
            && a.number == b.number && a.nt == b.nt && a.amount == b.amount && a.balance == b.balance
            && a.time == b.time && a.statusNT == b.statusNT
            && a.statusTime == b.statusTime && a.meterStatus == b.meterStatus && a.letter == b.letter
    }
}

/// A host transaction that was applied.
public struct AppliedTransaction: Sendable, Hashable {
    public let htxn: HostTransaction
    public let op: OperationCode
    public let service: UtilityService
    public let currency: Currency
    /// 0 for a tariff.
    public let amount: Amount
    /// After it; of ADD DEBT and REMIT DEBT, the debt.
    public let balance: Amount
    public let time: Timestamp
    /// Its id, for a table or rules; otherwise 0.
    public let table: UInt16

    public init(
        htxn: HostTransaction, op: OperationCode, service: UtilityService, currency: Currency, amount: Amount,
        balance: Amount, time: Timestamp, table: UInt16 = 0
    ) {
        self.htxn = htxn
        self.op = op
        self.service = service
        self.currency = currency
        self.amount = amount
        self.balance = balance
        self.time = time
        self.table = table
    }
}

/// The last debit of a slot that made way, by the purse that it was of.
package struct ServiceDebit: Sendable, Hashable {
    package let service: UtilityService
    package let debit: LeftDebit

    package init(service: UtilityService, debit: LeftDebit) {
        self.service = service
        self.debit = debit
    }
}

/// What a meter permanently knows of a card: which of its debits were credited, and under which binding.
public struct CreditedDebit: Sendable, Hashable {
    public let card: PartyID
    /// Of the last debit that was credited to the meter's purse; 0 for none.
    public var nt: UInt32
    /// The number of the slot from which it was credited.
    public var binding: UInt32
    /// Everything that was credited from the card.
    public var total: Amount
    /// The highest NT of a session with the card.
    public var lastNT: UInt32

    public init(card: PartyID, nt: UInt32 = 0, binding: UInt32 = 0, total: Amount = .zero, lastNT: UInt32 = 0) {
        self.card = card
        self.nt = nt
        self.binding = binding
        self.total = total
        self.lastNT = max(lastNT, nt)
    }
}
