/// A latching relay in one channel's line: it keeps its position without current.
public protocol LatchRelay: AnyObject {
    /// The state of its contact, not the last command.
    var isClosed: Bool { get }
    func open()
    func close()
}

/// A relay that follows its commands unless its contact is stuck.
public final class SimulatedRelay: LatchRelay {
    public private(set) var isClosed = false
    /// The contact does not move: welded if closed, not switching if open.
    public var isStuck = false
    public init() {}
    public func open() { if !isStuck { isClosed = false } }
    public func close() { if !isStuck { isClosed = true } }
}

/// The signal to the subscriber.
public protocol Buzzer: AnyObject {
    /// Sounds once.
    func sound()
}

/// A buzzer that counts.
public final class SimulatedBuzzer: Buzzer {
    public private(set) var count = 0
    public init() {}
    public func sound() { count += 1 }
}
