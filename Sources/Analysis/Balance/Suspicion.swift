public import ValueProtocol

/// A reason to look at a branch or a meter: what was found, since when, how much, and why.
public struct Suspicion: Sendable, Hashable {
    /// What the records look like.
    public enum Kind: Sendable, Hashable {
        /// Energy that no meter sees.
        case tap
        /// A share of what passes a meter is not measured by it.
        case bypass(PartyID)
    }

    public let kind: Kind
    /// The start of the first day on which it is seen; it may have begun on the day before.
    public let since: Timestamp
    /// kWh that were not measured from then to the last day of the balance.
    public let energy: Double
    /// The standard error of `energy`, kWh.
    public let energyError: Double
    /// Of a bypass: the share of what passes the meter that it does not measure. Of a tap: the share of the branch's energy.
    public let share: Double
    /// How far what was found is from nothing, in its standard errors.
    public let deviations: Double
    /// The logarithm of how much likelier the records are with it than without, less that of the number of its like that
    /// were tried. Suspicions are ranked by it.
    public let evidence: Double
    /// In the order in which they matter.
    public let reasons: [SuspicionReason]

    /// The meter of a bypass.
    public var meter: PartyID? {
        if case .bypass(let meter) = kind { meter } else { nil }
    }
}

/// Why something is suspected. `sentence` has it in words.
public enum SuspicionReason: Sendable, Hashable {
    /// The branch took more than meters, losses and all learned errors explain: kWh per day, and its standard error.
    case unexplained(perDay: Double, error: Double, days: Int)
    /// When it draws.
    case draws(TapTime)
    /// What is missing rises and falls with what this meter measures.
    case follows(PartyID, share: Double, error: Double)
    /// A meter measured less from then on: mean W before and after.
    case fell(PartyID, before: Double, after: Double)
    /// The next explanation, and by how much the logarithm of its likelihood is less.
    case nextBest(Suspicion.Kind, behind: Double)
    /// The error that the transformer's class allows is larger: it is seen only because it began.
    case withinTransformerClass(percent: Double, share: Double)
    /// This share of a meter's records since then was missing, and estimated.
    case filled(PartyID, share: Double)
}

/// When a tap draws, in UTC.
public enum TapTime: Sendable, Hashable {
    /// At all times.
    case always
    /// From 18:00 to 06:00.
    case night
    /// From 06:00 to 18:00.
    case day
}
