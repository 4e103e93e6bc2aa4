public import ValueProtocol

/// What a meter charges by, and what waits: tariff tables and rules in one list, ordered by their effective times
/// (protocol §10).
///
/// What has come into force stays so when the clock is set back or lost.
public struct ChargeList: Sendable, Hashable {
    /// What is in force comes first, if anything is, then what waits, ascending.
    private(set) var systems: [StoredChargeSystem] = []
    private(set) var hasInForce = false

    /// How many may wait.
    public static let maxAheadCount = 4

    /// Nothing: the meter charges by what it was made with.
    public init() {}

    /// - Parameters:
    ///   - inForce: what has come into force.
    ///   - ahead: what waits, ascending by effective time, at most four.
    package init(inForce: StoredChargeSystem?, ahead: [StoredChargeSystem]) {
        hasInForce = inForce != nil
        for system in (inForce.map { [$0] } ?? []) + ahead { systems.append(placed(system)) }
    }

    /// As a memory holds it; nil if two have one place.
    init?(_ systems: [StoredChargeSystem], hasInForce: Bool) {
        guard Set(systems.map(\.place)).count == systems.count, systems.count <= StoredChargeSystem.placeCount,
            !systems.isEmpty || !hasInForce
        else { return nil }
        self.systems = systems
        self.hasInForce = hasInForce
    }

    /// What the meter charges by; nil before the first.
    public var inForce: StoredChargeSystem? { hasInForce ? systems.first : nil }
    /// What waits, ascending by effective time.
    public var ahead: ArraySlice<StoredChargeSystem> { systems.dropFirst(hasInForce ? 1 : 0) }

    /// Whether something that waits is due.
    public func isDue(at now: Timestamp) -> Bool { ahead.first.map { $0.system.effective <= now } ?? false }

    /// Brings into force what is due; what was in force, and what came between, is gone.
    public mutating func advance(to now: Timestamp) {
        let due = ahead.prefix { $0.system.effective <= now }.count
        guard due > 0 else { return }
        systems.removeFirst(due - 1 + (hasInForce ? 1 : 0))
        hasInForce = true
    }

    /// The list once what is due by `now` has come into force.
    public func advanced(to now: Timestamp) -> ChargeList {
        guard isDue(at: now) else { return self }
        var next = self
        next.advance(to: now)
        return next
    }

    /// Takes a new one: due already, it comes into force at once; else it waits, in place of one with the same
    /// effective time.
    ///
    /// - Returns: false, and nothing is taken, if four others wait.
    mutating func take(_ system: ChargeSystem, time: Timestamp, now: Timestamp) -> Bool {
        var next = advanced(to: now)
        let stored = StoredChargeSystem(system, time: time)
        if system.effective <= now {
            if next.hasInForce { next.systems.removeFirst() }
            next.systems.insert(next.placed(stored), at: 0)
            next.hasInForce = true
        } else {
            if let same = next.ahead.firstIndex(where: { $0.system.effective == system.effective }) {
                next.systems.remove(at: same)
            }
            guard next.ahead.count < ChargeList.maxAheadCount else { return false }
            let index = next.ahead.firstIndex { $0.system.effective > system.effective } ?? next.systems.endIndex
            next.systems.insert(next.placed(stored), at: index)
        }
        self = next
        return true
    }

    /// In a place of the memory that is free.
    private func placed(_ system: StoredChargeSystem) -> StoredChargeSystem {
        var placed = system
        placed.place =
            (0..<StoredChargeSystem.placeCount).map { UInt8($0) }.first { place in
                !systems.contains { $0.place == place }
            } ?? system.place
        return placed
    }
}

/// A tariff table or rules, as a meter keeps them.
public struct StoredChargeSystem: Sendable, Hashable {
    public let system: ChargeSystem
    /// Of the operation that brought it.
    public let time: Timestamp
    /// Which of the memory's places holds it: what changes is written, and nothing else.
    var place: UInt8 = 0

    /// One in force, and those that wait.
    static let placeCount = ChargeList.maxAheadCount + 1

    package init(_ system: ChargeSystem, time: Timestamp) {
        self.system = system
        self.time = time
    }
}
