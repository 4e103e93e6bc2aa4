public import ISO7816

/// A carrier under test, connected to a `ReferenceCard`.
public protocol CarrierUnderTest {
    /// The card at the other end.
    var card: ReferenceCard { get }

    /// Runs `body` with a channel to the card that passes every status word through.
    func withChannel(_ body: sending @escaping (any CardChannel) throws -> Void) async throws

    /// Resets the card.
    func reset() async throws

    /// Restores a card that has failed, by a reset or by reinserting it.
    func revive() async throws
}

/// The checks that every carrier must pass. Run them against your own, from any test library:
///
/// ```swift
/// @Test(arguments: CarrierConformance.Check.allCases)
/// func myCarrier(passes check: CarrierConformance.Check) async throws {
///     try await CarrierConformance().run(check, on: MyCarrier(card: ReferenceCard()))
/// }
/// ```
public struct CarrierConformance: Sendable {
    /// One check.
    public enum Check: String, Sendable, CaseIterable {
        /// Commands of every short length, in all cases, and extended ones around every limit arrive byte for byte.
        case commandLengths
        /// Answers of every short length, and extended ones around every limit, come back byte for byte.
        case answerLengths
        /// Many commands each get their own answer.
        case order
        /// Status words of every SW1 come back unchanged; `61xx` and `6Cxx` too.
        case statusWords
        /// A card that fails during a command is an error, and so is every command until it is restored.
        case death
        /// After a reset the card has lost its volatile state.
        case reset
    }

    /// Maximum length in bytes of a whole command that the carrier accepts.
    public var maxCommandLength: Int
    /// Maximum number of data bytes in an answer that the carrier returns.
    public var maxAnswerLength: Int

    /// - Parameters:
    ///   - maxCommandLength: max. 65,544, for an extended command with 65,535 bytes of data.
    ///   - maxAnswerLength: max. 65,535 here.
    public init(maxCommandLength: Int = 65_544, maxAnswerLength: Int = 65_535) {
        self.maxCommandLength = maxCommandLength
        self.maxAnswerLength = maxAnswerLength
    }

    /// Runs one check.
    ///
    /// - Throws: `ConformanceFailure` where the carrier does not pass, or the error that it threw.
    public func run(_ check: Check, on carrier: some CarrierUnderTest) async throws {
        let card = carrier.card
        let (maxCommandLength, maxAnswerLength) = (maxCommandLength, maxAnswerLength)
        switch check {
        case .commandLengths:
            try await carrier.withChannel { try checkCommandLengths($0, card, maxCommandLength, maxAnswerLength) }
        case .answerLengths:
            try await carrier.withChannel { try checkAnswerLengths($0, maxAnswerLength) }
        case .order:
            try await carrier.withChannel { try checkOrder($0, card) }
        case .statusWords:
            try await carrier.withChannel { try checkStatusWords($0) }
        case .death:
            try await checkDeath(carrier)
        case .reset:
            try await checkReset(carrier)
        }
    }
}

/// What a carrier did wrong.
public struct ConformanceFailure: Error, Sendable, CustomStringConvertible {
    /// The check that it did not pass.
    public let check: CarrierConformance.Check
    /// What was wrong, with the bytes.
    public let detail: String

    public var description: String { "\(check.rawValue): \(detail)" }
}
