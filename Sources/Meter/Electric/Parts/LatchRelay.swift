/// A latch relay in one channel's line: it stays as it is without current.
public protocol LatchRelay: AnyObject {
    /// As its contact is, not as it was told to be.
    var isClosed: Bool { get }
    func open()
    func close()
}

/// A relay that does as it is told, unless its contact is stuck.
public final class SimulatedRelay: LatchRelay {
    public private(set) var isClosed = false
    /// The contact stays as it is: welded where it is closed, not switching where it is open.
    public var isStuck = false
    public init() {}
    public func open() { if !isStuck { isClosed = false } }
    public func close() { if !isStuck { isClosed = true } }
}

/// What calls the subscriber.
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
