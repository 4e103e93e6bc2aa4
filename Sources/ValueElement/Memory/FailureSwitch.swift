/// Cuts power at a chosen write, so that a test can try each one.
///
/// A memory asks it before each of its physical writes. After the cut everything fails until power is restored.
public final class FailureSwitch {
    /// How much of the interrupted write reaches the memory.
    public enum Portion: Sendable, CaseIterable {
        case nothing, half, everything
    }

    /// The number of writes requested since the switch was created or armed.
    public private(set) var writes = 0
    /// Whether power is off.
    public private(set) var isOff = false
    private var cut: (write: Int, portion: Portion)?

    public init() {}

    /// Arms the switch: power is cut at the `write`-th write from now, counted from 1.
    public func cutPower(atWrite write: Int, keeping portion: Portion) {
        writes = 0
        cut = (write, portion)
    }

    /// Restores power and disarms the switch.
    public func restorePower() {
        isOff = false
        cut = nil
    }

    /// How many of `count` bytes may be written; nil if power is already off.
    ///
    /// If `last` is set in the result, power goes off once they are written.
    func permit(_ count: Int) -> (count: Int, last: Bool)? {
        guard !isOff else { return nil }
        writes += 1
        guard let cut, cut.write == writes else { return (count, false) }
        isOff = true
        return switch cut.portion {
        case .nothing: (0, true)
        case .half: (count / 2, true)
        case .everything: (count, true)
        }
    }
}
