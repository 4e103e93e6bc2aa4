public import ISO7816

/// A reader to which control functions go: a ``Transaction``, or a simulated reader.
public protocol ReaderControl {
    /// The reader's name, for errors.
    var reader: String { get }

    /// Has the reader do a function, and gives its answer.
    ///
    /// - Throws: `CardError`.
    func control(_ code: ControlCode, _ data: [UInt8]) throws(CardError) -> [UInt8]
}

/// A reader with a keypad of its own. PINs go from its keys to the card, never through this computer.
///
///     let status = try await card.withTransaction { transaction in
///         try Pinpad(transaction).verify(PINVerification(PINEntry(.format2, digits: 4...12), command: verify))
///     }
public struct Pinpad<Reader: ReaderControl> {
    /// What the reader can do.
    public let features: ReaderFeatures
    private let reader: Reader

    /// Asks the reader for its features.
    ///
    /// - Throws: `CardError`: `.unsupported` where the reader has none, `.malformedReaderAnswer` where it is broken.
    public init(_ reader: Reader) throws(CardError) {
        self.reader = reader
        features = try ReaderFeatures(try reader.control(.features, []), reader: reader.reader)
    }

    /// Has the reader ask for a PIN and the card verify it.
    ///
    /// - Returns: the card's status word: 9000, 63Cx with the tries left, 6983 where it is blocked.
    /// - Throws: `CardError`: `.pinEntryTimedOut`, `.pinEntryCancelled`, `.pinLengthWrong` or `.pinStructureRefused`,
    ///   after which the card was sent nothing; `.noPinpad` where the reader cannot.
    public func verify(_ request: PINVerification) throws(CardError) -> StatusWord {
        try enter(.verifyPIN, request.bytes)
    }

    /// Has the reader ask for PINs and the card change its PIN.
    ///
    /// - Returns: the card's status word.
    /// - Throws: as `verify`, and `.pinsDiffer`.
    public func modify(_ request: PINModification) throws(CardError) -> StatusWord {
        try enter(.modifyPIN, request.bytes)
    }

    /// What keypad and display are like; nil where the reader does not tell.
    ///
    /// - Throws: `CardError`.
    public func properties() throws(CardError) -> PinpadProperties? {
        if let code = features[.properties] {
            return try PinpadProperties(try reader.control(code, []), reader: reader.reader)
        }
        guard let code = features[.pinProperties] else { return nil }
        return try PinpadProperties(structure: try reader.control(code, []), reader: reader.reader)
    }

    private func enter(_ feature: ReaderFeature, _ structure: [UInt8]) throws(CardError) -> StatusWord {
        guard let code = features[feature] else { throw CardError(.noPinpad, subject: reader.reader) }
        return try PINEntryOutcome.status(try reader.control(code, structure), reader: reader.reader)
    }
}

extension CardError.Code {
    /// The reader has no keypad, or none that its driver tells of.
    public static var noPinpad: Self {
        Self(
            "the reader does not take PINs on a keypad of its own",
            remedy: "Use a reader whose features, in vstore reader info, include VERIFY_PIN_DIRECT.")
    }
}

extension Transaction: ReaderControl {}

extension Card {
    /// What the reader can do beyond carrying APDUs.
    ///
    /// - Throws: `CardError`, `.unsupported` or `.communication` where the reader has no such functions.
    public func features(deadline: ContinuousClock.Instant? = nil) async throws(CardError) -> ReaderFeatures {
        try ReaderFeatures(try await control(.features, deadline: deadline), reader: reader)
    }

    /// What the reader's keypad and display are like; nil where it does not tell.
    ///
    /// - Throws: `CardError`.
    public func pinpadProperties(
        _ features: ReaderFeatures, deadline: ContinuousClock.Instant? = nil
    ) async throws(CardError) -> PinpadProperties? {
        if let code = features[.properties] {
            return try PinpadProperties(try await control(code, deadline: deadline), reader: reader)
        }
        guard let code = features[.pinProperties] else { return nil }
        return try PinpadProperties(structure: try await control(code, deadline: deadline), reader: reader)
    }
}
