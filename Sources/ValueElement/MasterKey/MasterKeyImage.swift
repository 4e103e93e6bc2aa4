public import CardCrypto
public import ValueProtocol

/// Everything that a master-key card stores in addition to its own element (protocol §8).
public struct MasterKeyImage: Sendable {
    /// Eight; number 1 is first.
    public var custodians: [Custodian] = Array(repeating: Custodian(), count: 8)
    /// Master keys, ascending by name.
    public var keys: [StoredKey] = []
    /// Keys with components still missing.
    public var unfinished: [UnfinishedKey] = []
    public var rules = DeskRules()
    /// The EIDs of the range that have been issued, ascending.
    public var issued: [PartyID] = []
    /// The last NT of every element of the range and of the last 64 outside it, the most recent last.
    public var seen: [SeenElement] = []
    /// The last 16 credits sealed, oldest first.
    public var sealed: [SealedCredit] = []

    /// GET DATA returns all of them in one answer: 8 + 5 × 49 bytes.
    public static let maxKeyCount = 49
    static let maxSealedCount = 16
    static let maxSeenOutsideCount = 64
    public static let wrongPINs: UInt8 = 3

    public init() {}

    public func key(_ name: KeyName) -> Secret? { keys.first { $0.name == name }?.key }

    mutating func put(_ key: StoredKey) { keys.put(key, by: \.name) }

    mutating func see(_ eid: PartyID, nt: UInt32) {
        seen.removeAll { $0.eid == eid }
        seen.append(SeenElement(eid: eid, nt: nt))
        let outside = seen.indices.filter { !rules.covers(seen[$0].eid) }
        if outside.count > MasterKeyImage.maxSeenOutsideCount { seen.remove(at: outside[0]) }
    }

    mutating func markIssued(_ eid: PartyID) {
        guard !issued.contains(eid) else { return }
        issued.insert(eid, at: issued.firstIndex { $0 > eid } ?? issued.endIndex)
    }
}

/// A person who holds a component of the keys.
public struct Custodian: Sendable, Equatable {
    /// 4 to 12 ASCII digits; nil if none is set.
    public var pin: Secret?
    /// At most 3; 0 means blocked.
    public var tries: UInt8

    public init(pin: Secret? = nil, tries: UInt8 = MasterKeyImage.wrongPINs) {
        self.pin = pin
        self.tries = tries
    }

    public static func == (a: Custodian, b: Custodian) -> Bool {
        guard a.tries == b.tries else { return false }
        guard let one = a.pin, let other = b.pin else { return a.pin == nil && b.pin == nil }
        return one.matches(other)
    }
}

/// The XOR of the components of a key entered so far.
public struct UnfinishedKey: Sendable, Equatable {
    public let name: KeyName
    /// How many components the key has.
    public let of: UInt8
    public var sum: Secret
    /// The numbers of the components entered, and of the custodians who entered them.
    public var entered: [Entry]

    public struct Entry: Sendable, Hashable {
        public let component: UInt8
        public let custodian: UInt8
    }

    public static func == (a: UnfinishedKey, b: UnfinishedKey) -> Bool {
        a.name == b.name && a.of == b.of && a.entered == b.entered && a.sum.matches(b.sum)
    }
}

/// Which blanks the desk may issue, and which operations it may perform.
public struct DeskRules: Sendable, Hashable {
    public var first = PartyID.none
    public var count: UInt16 = 0
    /// Bit op − 1.
    public var operations: UInt16 = 0

    public init(first: PartyID = .none, count: UInt16 = 0, operations: UInt16 = 0) {
        self.first = first
        self.count = count
        self.operations = operations
    }

    func covers(_ eid: PartyID) -> Bool {
        eid.issuer == first.issuer && eid.kind == first.kind && eid.number >= first.number
            && eid.number - first.number < UInt32(count)
    }

    public func allow(_ op: OperationCode) -> Bool { operations & op.ruleBit != 0 }
}

public struct SeenElement: Sendable, Hashable {
    public let eid: PartyID
    public let nt: UInt32

    public init(eid: PartyID, nt: UInt32) {
        self.eid = eid
        self.nt = nt
    }
}

/// A credit that was deducted from the float.
public struct SealedCredit: Sendable, Hashable {
    public let eid: PartyID
    public let htxn: HostTransaction
    public let service: UtilityService
    public let currency: Currency
    public let amount: Amount

    public init(eid: PartyID, htxn: HostTransaction, service: UtilityService, currency: Currency, amount: Amount) {
        self.eid = eid
        self.htxn = htxn
        self.service = service
        self.currency = currency
        self.amount = amount
    }
}
