public import ValueProtocol

/// The trunks to the units below.
public protocol UnitTrunks: Sendable {
    /// The way to a unit, whether it is connected or not.
    func trunk(to unit: PartyID) -> any Trunk
}
