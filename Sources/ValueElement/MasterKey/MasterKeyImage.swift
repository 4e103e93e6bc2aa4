package import CardCrypto
package import ValueProtocol

/// Everything that a master-key card stores in addition to its own element (protocol §8).
package struct MasterKeyImage: Sendable {
    /// Eight; number 1 is first.
    package var custodians: [Custodian] = Array(repeating: Custodian(), count: 8)
    /// Master keys, ascending by name.
    package var keys: [StoredKey] = []
    /// Keys with components still missing.
    package var unfinished: [UnfinishedKey] = []
    package var rules = DeskRules()
    /// The EIDs of the range that have been issued, ascending.
    package var issued: [PartyID] = []
    /// The last NT of every element of the range and of the last 64 outside it, the most recent last.
    package var seen: [SeenElement] = []
    /// The last 16 credits and remissions sealed, oldest first.
    package var sealed: [SealedCredit] = []

    /// GET DATA returns all of them in one answer: 8 + 5 × 49 bytes.
    package static let maxKeyCount = 49
    static let maxSealedCount = 16
    static let maxSeenOutsideCount = 64
    package static let wrongPINs: UInt8 = 3

    package init() {}

    package func key(_ name: KeyName) -> Secret? { keys.first { $0.name == name }?.key }

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
package struct Custodian: Sendable, Equatable {
    /// 4 to 12 ASCII digits; nil if none is set.
    package var pin: Secret?
    /// At most 3; 0 means blocked.
    package var tries: UInt8

    package init(pin: Secret? = nil, tries: UInt8 = MasterKeyImage.wrongPINs) {
        self.pin = pin
        self.tries = tries
    }

    package static func == (a: Custodian, b: Custodian) -> Bool {
        guard a.tries == b.tries else { return false }
        guard let one = a.pin, let other = b.pin else { return a.pin == nil && b.pin == nil }
        return one.matches(other)
    }
}

/// The XOR of the components of a key entered so far.
package struct UnfinishedKey: Sendable, Equatable {
    package let name: KeyName
    /// How many components the key has.
    package let of: UInt8
    package var sum: Secret
    /// The numbers of the components entered, and of the custodians who entered them.
    package var entered: [Entry]

    package struct Entry: Sendable, Hashable {
        package let component: UInt8
        package let custodian: UInt8
    }

    package static func == (a: UnfinishedKey, b: UnfinishedKey) -> Bool {
        a.name == b.name && a.of == b.of && a.entered == b.entered && a.sum.matches(b.sum)
    }
}

/// Which blanks the desk may issue, and which operations it may perform.
package struct DeskRules: Sendable, Hashable {
    package var first = PartyID.none
    package var count: UInt16 = 0
    /// Bit op − 1.
    package var operations: UInt16 = 0

    package init(first: PartyID = .none, count: UInt16 = 0, operations: UInt16 = 0) {
        self.first = first
        self.count = count
        self.operations = operations
    }

    func covers(_ eid: PartyID) -> Bool {
        eid.issuer == first.issuer && eid.kind == first.kind && eid.number >= first.number
            && eid.number - first.number < UInt32(count)
    }

    package func allow(_ op: OperationCode) -> Bool { operations & op.ruleBit != 0 }
}

package struct SeenElement: Sendable, Hashable {
    package let eid: PartyID
    package let nt: UInt32

    package init(eid: PartyID, nt: UInt32) {
        self.eid = eid
        self.nt = nt
    }
}

/// A credit or remission that was deducted from the float.
package struct SealedCredit: Sendable, Hashable {
    package let eid: PartyID
    package let htxn: HostTransaction
    package let service: UtilityService
    package let currency: Currency
    package let amount: Amount

    package init(eid: PartyID, htxn: HostTransaction, service: UtilityService, currency: Currency, amount: Amount) {
        self.eid = eid
        self.htxn = htxn
        self.service = service
        self.currency = currency
        self.amount = amount
    }
}
