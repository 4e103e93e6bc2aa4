public import ValueProtocol

/// How the host stands to an element: credit is sold to those in use alone.
public enum ElementStatus: Sendable, Hashable, CustomStringConvertible {
    case inUse
    /// Reported lost or broken.
    case lost
    /// Barred by the host.
    case blocked
    /// Its remaining value went to another element; for good.
    case replaced(by: PartyID)

    public var description: String {
        switch self {
        case .inUse: "in use"
        case .lost: "lost"
        case .blocked: "blocked"
        case .replaced(let other): "replaced by \(other)"
        }
    }
}

/// What the record file knows of an element.
public struct ElementRecord: Sendable, Hashable {
    public let eid: PartyID
    /// The highest NT seen; nil where no session was ever recorded.
    public let lastNT: UInt32?
    /// Whether it was ever issued.
    public let wasIssued: Bool
    public let standing: ElementStatus
    /// The highest version of each purpose that has shown a good S2, or was put; ascending.
    public let keys: [KeyName]

    public init(eid: PartyID, lastNT: UInt32?, wasIssued: Bool, standing: ElementStatus, keys: [KeyName]) {
        self.eid = eid
        self.lastNT = lastNT
        self.wasIssued = wasIssued
        self.standing = standing
        self.keys = keys
    }
}
