/// The connection between two ends of a trunk in one process, in virtual time: for tests and simulations.
///
/// It delivers messages in order, each after a delay, and can be cut at any message; what is on its way is lost then. Whoever
/// drives it calls ``advance(to:_:_:observe:)`` whenever one of the ends has something new, and at ``wake``.
public struct InProcessTrunk: Sendable {
    /// Where a message goes.
    public enum Direction: Sendable, Hashable {
        case up, down
    }

    private struct Letter: Sendable {
        let due: Duration
        let message: TrunkMessage
    }

    /// The time that a message is on its way.
    public var delay: Duration
    /// The most messages on their way in one direction; a sender waits for room.
    public var capacity: Int
    /// So many messages more are delivered, and then the connection is cut; nil for none.
    public var messagesLeft: Int?
    /// The unit does not connect again before this time.
    public var connectsAt: Duration = .zero
    public private(set) var isConnected = false
    /// Messages that were delivered, in all.
    public private(set) var delivered = 0
    /// Why the last connection was closed, where one of the ends did so.
    public private(set) var error: TrunkError?
    private var up: [Letter] = []
    private var down: [Letter] = []
    private var backoff = TrunkBackoff()
    private var random: any RandomNumberGenerator & Sendable

    /// - Parameters:
    ///   - delay: the time that a message is on its way.
    ///   - capacity: the most messages on their way in one direction.
    ///   - random: for the pauses before it connects again.
    public init(
        delay: Duration = .milliseconds(1), capacity: Int = 8,
        random: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.delay = delay
        self.capacity = capacity
        self.random = random
    }

    /// Connects where it is time to, delivers what has arrived and takes what the ends send.
    ///
    /// - Parameters:
    ///   - now: the time, never before that of an earlier call.
    ///   - upper: the one end.
    ///   - lower: the other.
    ///   - observe: called with each message that is sent.
    public mutating func advance(
        to now: Duration, _ upper: inout TrunkUpper, _ lower: inout TrunkLower,
        observe: (Direction, TrunkMessage) -> Void = { _, _ in }
    ) {
        upper.advance(to: now)
        lower.advance(to: now)
        if !isConnected, now >= connectsAt {
            (isConnected, error) = (true, nil)
            upper.connected(at: now)
            lower.connected(at: now)
        }
        var isChanged = true
        while isConnected, isChanged {
            isChanged = false
            while up.count < capacity, let message = lower.dequeueMessage(at: now) {
                observe(.up, message)
                up.append(Letter(due: now + delay, message: message))
            }
            while down.count < capacity, let message = upper.dequeueMessage(at: now) {
                observe(.down, message)
                down.append(Letter(due: now + delay, message: message))
            }
            do throws(TrunkError) {
                if let letter = up.first, letter.due <= now {
                    up.removeFirst()
                    isChanged = true
                    try upper.receive(letter.message, at: now)
                } else if let letter = down.first, letter.due <= now {
                    down.removeFirst()
                    isChanged = true
                    try lower.receive(letter.message, at: now)
                    if upper.isOpen && lower.isOpen { backoff.reset() }
                }
            } catch {
                cut(at: now, &upper, &lower)
                self.error = error
                return
            }
            guard isChanged else { return }
            delivered += 1
            guard let left = messagesLeft else { continue }
            messagesLeft = left > 1 ? left - 1 : nil
            if left <= 1 { cut(at: now, &upper, &lower) }
        }
    }

    /// Interrupts the connection. The unit dials again after a pause.
    public mutating func cut(at now: Duration, _ upper: inout TrunkUpper, _ lower: inout TrunkLower) {
        guard isConnected else { return }
        isConnected = false
        (up, down) = ([], [])
        upper.disconnected(at: now)
        lower.disconnected(at: now)
        connectsAt = now + pause()
    }

    private mutating func pause() -> Duration { backoff.next(using: &random) }

    /// When ``advance(to:_:_:observe:)`` has to be called next, beside the times of the two ends themselves.
    public var wake: Duration? {
        guard isConnected else { return connectsAt }
        guard let first = up.first?.due else { return down.first?.due }
        return min(first, down.first?.due ?? first)
    }
}
