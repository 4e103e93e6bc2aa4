public import ISO7816

/// A reader to which control functions go: a ``Transaction``, or a simulated reader.
public protocol ReaderControl {
    /// The reader's name, for errors.
    var reader: String { get }

    /// Has the reader do a function, and gives its answer.
    ///
    /// - Parameters:
    ///   - code: the function.
    ///   - data: what it is given.
    /// - Returns: the reader's answer, as it came.
    /// - Throws: `CardError`.
    func control(_ code: ControlCode, _ data: [UInt8]) throws(CardError) -> [UInt8]

    /// Has the reader end what it was begun to do, because nobody waits for it any more. Why nobody does is what is told,
    /// whatever comes of this.
    ///
    /// - Parameter code: the function that ends it.
    func abandon(_ code: ControlCode)
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
    private let stepped: SteppedPINEntry

    /// Asks the reader for its features.
    ///
    /// - Parameters:
    ///   - reader: the reader: a transaction with the card in it.
    ///   - stepped: how an entry is waited for, where the reader takes PINs in two steps alone.
    /// - Throws: `CardError`: `.unsupported` where the reader has none, `.malformedReaderAnswer` where it is broken.
    public init(_ reader: Reader, stepped: SteppedPINEntry = SteppedPINEntry()) throws(CardError) {
        self.reader = reader
        self.stepped = stepped
        features = try ReaderFeatures(try reader.control(.features, []), reader: reader.reader)
    }

    /// Has the reader ask for a PIN and the card verify it: at once, or in two steps where the reader has only those.
    ///
    /// - Parameter request: how the PIN is typed, and the command that verifies it.
    /// - Returns: the card's status word: 9000, 63Cx with the tries left, 6983 where it is blocked.
    /// - Throws: `CardError`: `.pinEntryTimedOut`, `.pinEntryCancelled`, `.pinLengthWrong` or `.pinStructureRefused`,
    ///   after which the card was sent nothing; `.noPinpad` where the reader cannot.
    public func verify(_ request: PINVerification) throws(CardError) -> StatusWord {
        try enter(.verifyPIN, .verifyPINStart, .verifyPINFinish, request.bytes, entries: 1)
    }

    /// Has the reader ask for PINs and the card change its PIN: at once, or in two steps where the reader has only those.
    ///
    /// - Parameter request: how the PINs are typed, and the command that changes the PIN.
    /// - Returns: the card's status word.
    /// - Throws: as `verify`, and `.pinsDiffer`.
    public func modify(_ request: PINModification) throws(CardError) -> StatusWord {
        let entries =
            1 + (request.questions.contains(.current) ? 1 : 0)
            + (request.questions.contains(.confirmation) ? 1 : 0)
        return try enter(.modifyPIN, .modifyPINStart, .modifyPINFinish, request.bytes, entries: entries)
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

    private func enter(
        _ direct: ReaderFeature, _ start: ReaderFeature, _ finish: ReaderFeature, _ structure: [UInt8], entries: Int
    ) throws(CardError) -> StatusWord {
        if let code = features[direct] { return try status(try reader.control(code, structure)) }
        guard let start = features[start], let finish = features[finish] else {
            throw CardError(.noPinpad, subject: reader.reader)
        }
        let begun = try reader.control(start, structure)
        // A reader that refuses the structure says so at the start; one that takes it says nothing, or 9000.
        if !begun.isEmpty, try status(begun) != .success { return try status(begun) }
        if let keys = features[.keyPressed] {
            do throws(CardError) {
                try stepped.wait(entries: entries, reader: reader.reader) { () throws(CardError) in
                    try reader.control(keys, [])
                }
            } catch {
                // The reader would go on waiting for keys, and take the next person's for this PIN.
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
    /// What the reader can do beyond carrying APDUs.
    ///
    /// - Parameter deadline: when the caller is let go at the latest; nil for never.
    /// - Returns: the features with the control code of each.
    /// - Throws: `CardError`, `.unsupported` or `.communication` where the reader has no such functions.
    public func features(deadline: ContinuousClock.Instant? = nil) async throws(CardError) -> ReaderFeatures {
        try ReaderFeatures(try await control(.features, deadline: deadline), reader: reader)
    }

    /// What the reader's keypad and display are like; nil where it does not tell.
    ///
    /// - Parameters:
    ///   - features: what the reader can do, as `features` gave it.
    ///   - deadline: when the caller is let go at the latest; nil for never.
    /// - Returns: the properties, nil where the reader does not tell.
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
