public import ISO7816

/// A reader that executes control functions: a ``Transaction``, or a simulated reader.
public protocol ReaderControl {
    /// The reader's name, for errors.
    var reader: String { get }

    /// Calls a function of the reader, and returns its answer.
    ///
    /// - Parameters:
    ///   - code: the function.
    ///   - data: its input.
    /// - Returns: the reader's unparsed answer.
    /// - Throws: `CardError`.
    func control(_ code: ControlCode, _ data: [UInt8]) throws(CardError) -> [UInt8]

    /// Ends a function that the reader has started, because nobody waits for it any more. Its outcome is ignored: the
    /// original reason is reported.
    ///
    /// - Parameter code: the function that ends it.
    func abandon(_ code: ControlCode)
}

/// A reader with a keypad. PINs go from the keypad to the card, never through this computer.
///
///     let status = try await card.withTransaction { transaction in
///         try Pinpad(transaction).verify(PINVerification(PINEntry(.format2, digits: 4...12), command: verify))
///     }
public struct Pinpad<Reader: ReaderControl> {
    /// What the reader can do.
    public let features: ReaderFeatures
    private let reader: Reader
    private let stepped: SteppedPINEntry

    /// Reads the reader's features.
    ///
    /// - Parameters:
    ///   - reader: the reader, e.g. a transaction with its card.
    ///   - stepped: how to wait for an entry, where the reader supports PIN entry only in two steps.
    /// - Throws: `CardError`: `.unsupported` where the reader has no features, `.malformedReaderAnswer` where its
    ///   answer is malformed.
    public init(_ reader: Reader, stepped: SteppedPINEntry = SteppedPINEntry()) throws(CardError) {
        self.reader = reader
        self.stepped = stepped
        features = try ReaderFeatures(try reader.control(.features, []), reader: reader.reader)
    }

    /// Lets the reader enter a PIN and the card verify it: directly, or in two steps where the reader supports only
    /// that.
    ///
    /// - Parameter request: how the PIN is typed, and the verification command.
    /// - Returns: the card's status word: 9000, 63Cx with the tries left, 6983 where it is blocked.
    /// - Throws: `CardError`: `.pinEntryTimedOut`, `.pinEntryCancelled`, `.pinLengthWrong` or `.pinStructureRefused`,
    ///   in which case nothing was sent to the card; `.noPinpad` where the reader does not support it.
    public func verify(_ request: PINVerification) throws(CardError) -> StatusWord {
        try enter(.verifyPIN, .verifyPINStart, .verifyPINFinish, request.bytes, entries: 1)
    }

    /// Lets the reader enter PINs and the card change its PIN: directly, or in two steps where the reader supports only
    /// that.
    ///
    /// - Parameter request: how the PINs are typed, and the modification command.
    /// - Returns: the card's status word.
    /// - Throws: as `verify`, and `.pinsDiffer`.
    public func modify(_ request: PINModification) throws(CardError) -> StatusWord {
        let entries =
            1 + (request.questions.contains(.current) ? 1 : 0)
            + (request.questions.contains(.confirmation) ? 1 : 0)
        return try enter(.modifyPIN, .modifyPINStart, .modifyPINFinish, request.bytes, entries: entries)
    }

    /// The properties of keypad and display; nil where the reader does not report them.
    ///
    /// - Throws: `CardError`.
    public func properties() throws(CardError) -> PinpadProperties? {
        if let code = features[.properties] {
            return try PinpadProperties(try reader.control(code, []), reader: reader.reader)
        }
        guard let code = features[.pinProperties] else { return nil }
        return try PinpadProperties(structure: try reader.control(code, []), reader: reader.reader)
    }

    private func enter(
        _ direct: ReaderFeature, _ start: ReaderFeature, _ finish: ReaderFeature, _ structure: [UInt8], entries: Int
    ) throws(CardError) -> StatusWord {
        if let code = features[direct] { return try status(try reader.control(code, structure)) }
        guard let start = features[start], let finish = features[finish] else {
            throw CardError(.noPinpad, subject: reader.reader)
        }
        let begun = try reader.control(start, structure)
        // A reader that refuses the structure says so at the start; one that accepts it returns nothing, or 9000.
        if !begun.isEmpty, try status(begun) != .success { return try status(begun) }
        if let keys = features[.keyPressed] {
            do throws(CardError) {
                try stepped.wait(entries: entries, reader: reader.reader) { () throws(CardError) in
                    try reader.control(keys, [])
                }
            } catch {
                // The reader would keep waiting for keys, and use the next person's for this PIN.
                if let abort = features[.abort] { reader.abandon(abort) }
                throw error
            }
        }
        return try status(try reader.control(finish, []))
    }

    private func status(_ answer: [UInt8]) throws(CardError) -> StatusWord {
        try PINEntryOutcome.status(answer, reader: reader.reader)
    }
}

extension Transaction: ReaderControl {}

extension Card {
    /// The reader's features beyond APDU exchange.
    ///
    /// - Parameter deadline: when the call throws at the latest; nil for no deadline.
    /// - Returns: the features with the control code of each.
    /// - Throws: `CardError`, `.unsupported` or `.communication` where the reader has no such functions.
    public func features(deadline: ContinuousClock.Instant? = nil) async throws(CardError) -> ReaderFeatures {
        try ReaderFeatures(try await control(.features, deadline: deadline), reader: reader)
    }

    /// The properties of the reader's keypad and display; nil where it does not report them.
    ///
    /// - Parameters:
    ///   - features: the reader's features, from `features`.
    ///   - deadline: when the call throws at the latest; nil for no deadline.
    /// - Returns: the properties, nil where the reader does not report them.
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
