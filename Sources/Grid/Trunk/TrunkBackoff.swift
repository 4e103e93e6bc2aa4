/// The pauses before a unit dials again: from 0.2 s, doubled each time, to 5 s, each shortened at random by up to a half, so that
/// the units that lost one host do not all come back at once.
public struct TrunkBackoff: Sendable, Hashable {
    public static let shortest = Duration.milliseconds(200)
    public static let longest = Duration.seconds(5)

    private var pause = Self.shortest

    public init() {}

    /// The pause before the next attempt: between 0.2 and 5 s.
    public mutating func next(using random: inout some RandomNumberGenerator) -> Duration {
        defer { pause = min(pause * 2, Self.longest) }
        return max(Self.shortest, pause * Double.random(in: 0.5...1, using: &random))
    }

    /// Both sides have said hello: the next interruption is a new one.
    public mutating func reset() { pause = Self.shortest }
}
