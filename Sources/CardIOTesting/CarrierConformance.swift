public import ISO7816

/// A carrier of APDUs that is to be checked: a way to a `ReferenceCard`.
public protocol CarrierUnderTest {
    /// The card at the other end.
    var card: ReferenceCard { get }

    /// Runs `body` with a channel to the card that passes every status word on as it is.
    func withChannel(_ body: sending @escaping (any CardChannel) throws -> Void) async throws

    /// Resets the card.
    func reset() async throws

    /// Brings a card back that has died, by a reset or by taking it out and putting it in again.
    func revive() async throws
}

/// The checks that every carrier passes. Whoever writes one runs them against it, from any test library:
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
        /// Commands of every short length, in all cases, and extended ones about every edge arrive byte for byte.
        case commandLengths
        /// Answers of every short length, and extended ones about every edge, come back byte for byte.
        case answerLengths
        /// Many commands are answered each by its own answer.
        case order
        /// Status words of every SW1 come back as they are; `61xx` and `6Cxx` too.
        case statusWords
        /// A card that dies in the middle of a command is an error, and so is every command until it is brought back.
        case death
        /// After a reset the card has forgotten what it forgets.
        case reset
    }

    /// The most bytes of a command with all its fields that the carrier takes.
    public var greatestCommand: Int
    /// The most bytes of data in an answer that the carrier gives.
    public var greatestAnswer: Int

    /// - Parameters:
    ///   - greatestCommand: at most 65,544, of an extended command with 65,535 bytes of data.
    ///   - greatestAnswer: at most 65,535 here.
    public init(greatestCommand: Int = 65_544, greatestAnswer: Int = 65_535) {
        self.greatestCommand = greatestCommand
        self.greatestAnswer = greatestAnswer
    }

    /// Runs one check.
    ///
    /// - Throws: `ConformanceFailure` where the carrier does not pass, or what it threw itself.
    public func run(_ check: Check, on carrier: some CarrierUnderTest) async throws {
        let card = carrier.card
        let (greatestCommand, greatestAnswer) = (greatestCommand, greatestAnswer)
        switch check {
        case .commandLengths:
            try await carrier.withChannel { try checkCommandLengths($0, card, greatestCommand, greatestAnswer) }
        case .answerLengths:
            try await carrier.withChannel { try checkAnswerLengths($0, greatestAnswer) }
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
