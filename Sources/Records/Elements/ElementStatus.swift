public import ValueProtocol

/// Whether the host serves an element: credit is sold only to those in use.
public enum ElementStatus: Sendable, Hashable, CustomStringConvertible {
    case inUse
    /// Reported lost or broken.
    case lost
    /// Barred by the host.
    case blocked
    /// Its remaining value was assigned to another element; irreversible.
    case replaced(by: PartyID)

    /// The number of a status, as stored in records and the audit trail; a number never gets another meaning.
    public enum Code: UInt8, Sendable, Hashable, CaseIterable {
        case inUse = 0
        case lost = 1
        case blocked = 2
        case replaced = 3
    }

    public var code: Code {
        switch self {
        case .inUse: .inUse
        case .lost: .lost
        case .blocked: .blocked
        case .replaced: .replaced
        }
    }

    /// The element that replaced this one; nil if none did.
    public var replacement: PartyID? {
        if case .replaced(let other) = self { other } else { nil }
    }

    /// Decodes a stored status; nil if a replaced element has no replacement, or another one has.
    public init?(_ code: Code, replacement: PartyID?) {
        switch (code, replacement) {
        case (.inUse, nil): self = .inUse
        case (.lost, nil): self = .lost
        case (.blocked, nil): self = .blocked
        case (.replaced, let other?): self = .replaced(by: other)
        default: return nil
        }
    }

    public var description: String {
        switch self {
        case .inUse: "in use"
        case .lost: "lost"
        case .blocked: "blocked"
        case .replaced(let other): "replaced by \(other)"
        }
    }
}
