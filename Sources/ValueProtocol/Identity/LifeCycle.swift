/// The life cycle of an element (protocol §4).
public enum LifeCycle: UInt8, Sendable, Hashable {
    /// Holds only its transport key.
    case blank = 0
    case issued = 1
    case blocked = 2
    case terminated = 3

    /// Whether SET STATE may go from here to `next`; the same state is always allowed.
    public func canTransition(to next: LifeCycle) -> Bool {
        switch (self, next) {
        case (.blank, .issued), (.blank, .terminated), (.issued, .blocked), (.issued, .terminated),
            (.blocked, .issued), (.blocked, .terminated):
            true
        default: self == next
        }
    }
}

extension LifeCycle: CustomStringConvertible {
    public var description: String {
        switch self {
        case .blank: "blank"
        case .issued: "issued"
        case .blocked: "blocked"
        case .terminated: "terminated"
        }
    }
}
