/// The checks that every `RecordStore` must pass. Run them against your own, from any test library, each with records of
/// its own:
///
/// ```swift
/// @Test(arguments: RecordConformance.Check.allCases)
/// func myStore(passes check: RecordConformance.Check) async throws {
///     try await RecordConformance(seed: 1).run(check, on: MyRecords())
/// }
/// ```
public struct RecordConformance: Sendable {
    /// One check.
    public enum Check: String, Sendable, CaseIterable {
        /// What an authority remembers of elements: NT and key versions only go up.
        case register
        /// The journal of issuing: in its order, all of a commit or nothing.
        case issuing
        /// The intent is recorded before the outcome, one transaction at a time, under numbers that only go up.
        case orders
        /// An order with a reference is applied once.
        case references
        /// An order that is declined changes nothing.
        case refusals
        /// A proof against the recorded outcome is kept in the trail, and the record stays.
        case contradictions
        /// A person settles what no element can settle any more, and nothing else.
        case manualResolution
        /// The value of a lost element goes to one successor, once.
        case replacement
        /// Proven balances, and the books made from them.
        case balances
        /// Usage of several series: merged, counted, and found again by time and by day.
        case usage
        /// Events: in their order, and none twice.
        case events
        /// Readings and settings of clocks, and where reading starts after them.
        case clocks
        /// What meters reported through cards.
        case meterStatus
        /// Two that have the records open at once, and many callers of both.
        case sharing
        /// Many changes at once, of which each succeeds or fails for itself and as a whole.
        case commit
        /// The trail after a random life: complete, in order, and not to be altered.
        case trail
        /// The limits of numbers.
        case numbers
    }

    /// A broken promise.
    public struct Violation: Error, Sendable, CustomStringConvertible {
        /// The check that the store did not pass.
        public let check: Check
        /// What was expected, and what was found.
        public let detail: String

        public var description: String { "\(check.rawValue): \(detail)" }
    }

    /// Of the identifiers and the random lives.
    public let seed: UInt64

    public init(seed: UInt64) { self.seed = seed }

    /// Runs one check.
    ///
    /// - Parameters:
    ///   - check: what to check.
    ///   - records: empty records, for this check alone.
    /// - Throws: `Violation` where the store does not pass, or the error that it threw.
    public func run(_ check: Check, on records: some RecordStoreUnderTest) async throws {
        let trial = Trial(check: check, seed: seed, records: records)
        switch check {
        case .register: try trial.checkRegister()
        case .issuing: try await trial.checkIssuing()
        case .orders: try trial.checkOrders()
        case .references: try trial.checkReferences()
        case .refusals: try trial.checkRefusals()
        case .contradictions: try await trial.checkContradictions()
        case .manualResolution: try trial.checkManualResolution()
        case .replacement: try trial.checkReplacement()
        case .balances: try trial.checkBalances()
        case .usage: try trial.checkUsage()
        case .events: try trial.checkEvents()
        case .clocks: try trial.checkClocks()
        case .meterStatus: try trial.checkMeterStatus()
        case .sharing: try await trial.checkSharing()
        case .commit: try await trial.checkCommit()
        case .trail: try trial.checkTrail()
        case .numbers: try trial.checkNumbers()
        }
    }
}
