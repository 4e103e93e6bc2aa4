public import ValueProtocol

/// Through which unit each meter is reached, as the units report it.
///
/// A meter that two units have is reached through the one that reported it last. What a unit reports proves nothing: whoever
/// asks a meter knows it by its session.
public struct MeterRoutes: Sendable {
    private var units: [PartyID: PartyID] = [:]
    private var meters: [PartyID: Set<PartyID>] = [:]

    public init() {}

    /// The unit below which a meter is; the unit itself for a unit; nil if no unit has reported it.
    public func unit(of party: PartyID) -> PartyID? { party.kind.isUnit && meters[party] != nil ? party : units[party] }

    /// The meters of a unit; none if it has reported none.
    public func meters(of unit: PartyID) -> Set<PartyID> { meters[unit] ?? [] }
    /// Every unit that has reported.
    public var all: [PartyID] { meters.keys.sorted() }
    /// The number of meters.
    public var count: Int { units.count }

    /// A unit is connected, or has said something.
    public mutating func add(_ unit: PartyID) { if meters[unit] == nil { meters[unit] = [] } }

    /// Takes a unit's list.
    public mutating func apply(_ roster: UnitReport.MeterRoster, of unit: PartyID) {
        if roster.isComplete { for meter in meters(of: unit).subtracting(roster.present) { remove(meter, from: unit) } }
        for meter in roster.gone { remove(meter, from: unit) }
        for meter in roster.present {
            if let former = units[meter], former != unit { meters[former]?.remove(meter) }
            units[meter] = unit
            meters[unit, default: []].insert(meter)
        }
        add(unit)
    }

    private mutating func remove(_ meter: PartyID, from unit: PartyID) {
        meters[unit]?.remove(meter)
        if units[meter] == unit { units[meter] = nil }
    }
}
