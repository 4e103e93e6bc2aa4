public import ValueProtocol

/// What the desk is about to do, or has done, with an element.
public enum IssueStep: Sendable, Hashable, CustomStringConvertible {
    /// A session under this key was opened; the element and the authority have authenticated each other.
    case sessionOpened(KeyName)
    case keysLoaded([KeyName])
    case purseBound(PursePlan)
    case stateSet
    /// An older key was erased.
    case keyRetired(KeyName)
    case verified

    public var description: String {
        switch self {
        case .sessionOpened(let key): "session opened under \(key)"
        case .keysLoaded(let keys): "keys put: \(keys.map(\.description).joined(separator: ", "))"
        case .purseBound(let purse): "purse \(purse)"
        case .stateSet: "state set to issued"
        case .keyRetired(let key): "\(key) erased"
        case .verified: "verified under its new keys"
        }
    }
}

/// The result of an issue.
public struct IssueReceipt: Sendable, Hashable {
    public let plan: IssuePlan
    /// Whether an earlier attempt was resumed.
    public let wasResumed: Bool
    /// Whether it was finished before, and nothing was written now.
    public let isRepeated: Bool
    public let finished: Timestamp
}
