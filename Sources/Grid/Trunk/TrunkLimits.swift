/// How much one end of a trunk holds, and how long it waits.
public struct TrunkLimits: Sendable, Hashable {
    /// The most exchanges that wait at the upper side, before the credit.
    public var queue = 65_536
    /// After a deadline, how long the upper side waits for the answer to an exchange that it has sent. A host's is longer than
    /// that of its area units, which wait for their local units.
    public var grace = Duration.seconds(5)
    /// The most exchanges that the lower side holds: waiting, handed on, and answered but not acknowledged; at most 1,048,576.
    public var credit = 1024
    /// The most reports that the lower side holds.
    public var reports = 4096
    /// The most items of one message; see ``TrunkHello/maxItems``.
    public var items = 256
    /// The most bytes of one message; see ``TrunkHello/maxBytes``.
    public var bytes = 262_144

    public init() {}
}
