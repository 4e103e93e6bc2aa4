public import CardCrypto
public import ValueProtocol

/// Everything that an element stores (protocol §1, §3, §4, §5).
public struct ElementImage: Sendable {
    public var eid: PartyID
    public var state: LifeCycle
    public var nt: UInt32
    /// The number of wrong signatures, at most 65,535.
    public var wrongSignatures: UInt16
    /// Ascending by name.
    public var keys: [StoredKey]
    /// On a master-key card, whose keys are derived: the oldest version of a purpose that its element still accepts.
    public var minVersions: [KeyName]
    /// Ascending by service.
    public var purses: [Purse]
    /// Ascending by service.
    public var slots: [MeterBinding]
    /// How many slots BIND has made, which numbers them.
    public var bindings: UInt32
    /// For each purse, ascending by service: the last debit of the slot that made way.
    package var left: [ServiceDebit]
    /// The 8 highest transactions applied, ascending.
    public var kept: [AppliedTransaction]
    /// The id of the last table or rules accepted; 0 for none.
    public var lastTable: UInt16
    /// What a meter charges by.
    public var charges: ChargeList
    /// What a meter's purse owes.
    public var debt: DebtAccount
    /// What a meter remembers of letters.
    public var letters: LetterBook
    /// On a meter: what it knows of each card, the one that it credited most recently last.
    public var credited: [CreditedDebit]

    static let maxKeptCount = 8
    static let maxKeyCount = 64
    /// The number of cards that a meter has room for. None is ever forgotten.
    public static let maxCreditedCount = 32

    /// A blank element with its transport key; without one if its keys are derived.
    public init(blank eid: PartyID, transportKey: Secret?) {
        self.eid = eid
        state = .blank
        nt = 0
        wrongSignatures = 0
        keys = transportKey.map { [StoredKey(name: .transport, key: $0)] } ?? []
        minVersions = []
        purses = []
        slots = []
        bindings = 0
        left = []
        kept = []
        lastTable = 0
        charges = ChargeList()
        debt = DebtAccount()
        letters = LetterBook()
        credited = []
    }

    public func key(_ name: KeyName) -> Secret? { keys.first { $0.name == name }?.key }
    public func purse(_ service: UtilityService) -> Purse? { purses.first { $0.service == service } }
    public func slot(boundTo meter: PartyID) -> MeterBinding? { slots.first { $0.meter == meter } }

    public mutating func put(_ key: StoredKey) { keys.put(key, by: \.name) }
    public mutating func put(_ purse: Purse) { purses.put(purse, by: \.service) }
    public mutating func put(_ slot: MeterBinding) {
        bindings = max(bindings, slot.number)
        slots.put(slot, by: \.service)
    }
    package mutating func put(_ debit: ServiceDebit) { left.put(debit, by: \.service) }

    /// Stores a transaction above the highest, and drops the lowest if there are too many.
    public mutating func keep(_ transaction: AppliedTransaction) {
        if kept.count == ElementImage.maxKeptCount { kept.removeFirst() }
        kept.append(transaction)
    }
}

extension Array {
    /// Inserts `item` in ascending order, replacing the one with the same name.
    mutating func put(_ item: Element, by name: (Element) -> some Comparable) {
        let index = firstIndex { name($0) >= name(item) } ?? endIndex
        if index < endIndex, name(self[index]) == name(item) { self[index] = item } else { insert(item, at: index) }
    }
}
