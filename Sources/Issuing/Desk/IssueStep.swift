public import ValueProtocol

/// What the desk is about to do, or has done, with an element.
public enum IssueStep: Sendable, Hashable, CustomStringConvertible {
    /// A session under this key was opened; the element and the authority have proven themselves to each other.
    case sessionOpened(KeyName)
    case keysPut([KeyName])
    case purseBound(PursePlan)
    case stateSet
    /// An older key was erased.
    case keyRetired(KeyName)
    case verified

    public var description: String {
        switch self {
        case .sessionOpened(let key): "session opened under \(key)"
        case .keysPut(let keys): "keys put: \(keys.map(\.description).joined(separator: ", "))"
        case .purseBound(let purse): "purse \(purse)"
        case .stateSet: "state set to issued"
        case .keyRetired(let key): "\(key) erased"
        case .verified: "verified under its new keys"
        }
    }
}

/// How an issue ended.
public struct IssueReceipt: Sendable, Hashable {
    public let plan: IssuePlan
    /// Whether an earlier attempt was taken up.
    public let wasResumed: Bool
    public let finished: Timestamp
}
