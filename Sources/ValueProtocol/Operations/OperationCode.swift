/// The operations an EXECUTE can carry, in its P1 (protocol §4).
public enum OperationCode: UInt8, Sendable, Hashable, CaseIterable {
    case storeCredit = 0x01
    case convertTariff = 0x02
    case readUsage = 0x03
    case status = 0x04
    case debit = 0x05
    case putKey = 0x06
    case bind = 0x07
    case setState = 0x08
    case setClock = 0x09
    case refund = 0x0A
    case convertRules = 0x0B
    case addDebt = 0x0C
    case remitDebt = 0x0D
    case account = 0x0E
    case post = 0x0F
    case fetch = 0x10

    /// The purpose that the session must have; nil if several are allowed.
    public var purpose: Purpose? {
        switch self {
        case .storeCredit, .refund, .addDebt, .remitDebt: .credit
        case .convertTariff, .convertRules: .tariff
        case .readUsage: .usage
        case .status, .account: nil
        case .debit, .fetch: .transfer
        case .putKey, .bind, .setState, .setClock, .post: .admin
        }
    }

    /// Whether a session of this purpose may carry it out.
    public func isAllowed(in session: Purpose) -> Bool {
        if self == .account { return session != .transfer }
        return purpose.map { $0 == session } ?? true
    }

    /// Its request and answer.
    package var type: any ExemplifiedOperation.Type {
        switch self {
        case .storeCredit: StoreCredit.self
        case .convertTariff: ConvertTariff.self
        case .readUsage: ReadUsage.self
        case .status: AskStatus.self
        case .debit: Debit.self
        case .putKey: PutKeys.self
        case .bind: Bind.self
        case .setState: SetState.self
        case .setClock: SetClock.self
        case .refund: Refund.self
        case .convertRules: ConvertRules.self
        case .addDebt: AddDebt.self
        case .remitDebt: RemitDebt.self
        case .account: AskAccount.self
        case .post: PostLetter.self
        case .fetch: FetchLetter.self
        }
    }

    /// Whether its plaintext contains keys and is therefore wiped after use.
    package var carriesKeys: Bool { self == .putKey || self == .bind }

    /// Whether it carries a host's transaction number: an element applies it once, whoever sends it again (protocol §4).
    package var isNumbered: Bool {
        switch self {
        case .storeCredit, .refund, .convertTariff, .convertRules, .addDebt, .remitDebt: true
        default: false
        }
    }

    /// Whether it takes value off a master-key card's float, which sells no more than it holds (protocol §8).
    package var takesFromFloat: Bool { self == .storeCredit || self == .remitDebt }

    /// Its bit in a master-key card's rules, `op − 1` (protocol §8).
    public var ruleBit: UInt16 { 1 << UInt16(rawValue - 1) }
}

extension OperationCode: CustomStringConvertible {
    public var description: String {
        switch self {
        case .storeCredit: "STORE CREDIT"
        case .convertTariff: "CONVERT TARIFF"
        case .readUsage: "READ USAGE"
        case .status: "STATUS"
        case .debit: "DEBIT"
        case .putKey: "PUT KEY"
        case .bind: "BIND"
        case .setState: "SET STATE"
        case .setClock: "SET CLOCK"
        case .refund: "REFUND"
        case .convertRules: "CONVERT RULES"
        case .addDebt: "ADD DEBT"
        case .remitDebt: "REMIT DEBT"
        case .account: "ACCOUNT"
        case .post: "POST"
        case .fetch: "FETCH"
        }
    }
}

/// An element's status for an operation, inside C4 and therefore authenticated (protocol §4).
public enum BusinessStatus: UInt16, Sendable, Hashable, CaseIterable {
    case done = 0x0000
    case unknownService = 0x0001
    case wrongCurrency = 0x0002
    case overLimit = 0x0003
    case notEnoughValue = 0x0004
    case alreadyApplied = 0x0006
    case stale = 0x0007
    case malformed = 0x0008
    case blocked = 0x0009

    /// Whether the answer carries more than status and EID.
    public var carriesAnswer: Bool { self == .done || self == .alreadyApplied }
}

extension BusinessStatus: CustomStringConvertible {
    public var description: String {
        switch self {
        case .done: "done"
        case .unknownService: "the element has no purse for this service"
        case .wrongCurrency: "the purse is of another currency"
        case .overLimit: "the purse would go over its limit"
        case .notEnoughValue: "the purse does not hold enough"
        case .alreadyApplied: "already applied"
        case .stale: "stale: a newer transaction was applied, or a debit is not credited yet"
        case .malformed: "malformed, or not for this element"
        case .blocked: "the element is blocked"
        }
    }
}
