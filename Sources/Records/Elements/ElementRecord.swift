public import ValueProtocol

/// The records' information about an element.
public struct ElementRecord: Sendable, Hashable {
    public let eid: PartyID
    /// The highest NT seen; nil if no session was ever recorded.
    public let lastNT: UInt32?
    /// Whether it was ever issued.
    public let wasIssued: Bool
    public let status: ElementStatus
    /// The highest version of each purpose that has given a valid S2 or was loaded by PUT KEY; ascending.
    public let keys: [KeyName]

    public init(eid: PartyID, lastNT: UInt32?, wasIssued: Bool, status: ElementStatus, keys: [KeyName]) {
        self.eid = eid
        self.lastNT = lastNT
        self.wasIssued = wasIssued
        self.status = status
        self.keys = keys
    }
}
