public import Records
public import ValueProtocol

/// What an element has applied without the records.
public struct AcceptedNumbers: Sendable, Hashable {
    public let eid: PartyID
    /// The numbers that the records lack; nil if they have all.
    public let gap: NumberGap?
}
