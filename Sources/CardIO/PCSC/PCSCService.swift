public import ISO7816

/// The machine's PC/SC service (pcscd, or the system's own): readers, their events, and cards.
///
/// Nothing is connected before the first call, so a value may be made where no service runs.
public final class PCSCService: Sendable {
    private let thread: CardThread

    /// - Throws: `CardError` where no thread is left.
    public init() throws(CardError) { thread = try CardThread() }

    /// The readers' names, in the service's order; empty where there is none.
    ///
    /// - Parameter deadline: when the caller is let go at the latest; nil for never.
    /// - Throws: `CardError`: `.noService` where the service does not run, `.notAllowed` where it refuses this user.
    public func readers(deadline: ContinuousClock.Instant? = nil) async throws(CardError) -> [String] {
        try await thread.call(subject: "PC/SC service", deadline: deadline) {
            (_: BlockingCall<[String], CardError>) throws(CardError) in try PCSCContext().readers()
        }
    }

    /// The readers with the cards in them, as they are now.
    ///
    /// - Parameter deadline: when the caller is let go at the latest; nil for never.
    /// - Throws: `CardError`, as `readers` does.
    public func readerStates(deadline: ContinuousClock.Instant? = nil) async throws(CardError) -> [ReaderState] {
        try await thread.call(subject: "PC/SC service", deadline: deadline) {
            (_: BlockingCall<[ReaderState], CardError>) throws(CardError) in
            let context = try PCSCContext()
            while true {
                let readers = try context.readers()
                if readers.isEmpty { return [] }
                do throws(CardError) {
                    return try context.states(of: readers.map { ($0, 0) }, milliseconds: 0)
                } catch {
                    // A reader left between the two calls.
                    guard error.code == .unknownReader else { throw error }
                }
            }
        }
    }

    /// Connects to the card in a reader, or in `.direct` mode to the reader.
    ///
    /// - Parameters:
    ///   - query: which reader.
    ///   - mode: how the card is shared with other programs.
    ///   - protocols: those that may be used; the reader chooses among them.
    ///   - patience: how long a card that another program holds is waited for. Programs that look at every card that
    ///     comes, as desktops and browsers do, have it for a moment.
    ///   - deadline: when the caller is let go at the latest; nil for never.
    /// - Returns: the card, with a thread and a connection to the service of its own.
    /// - Throws: `CardError`: `.unknownReader`, `.ambiguousReader` or `.noReader` for the query; `.noDriver` or
    ///   `.readerTaken` where a reader is connected that the service does not have; `.noCard`, `.sharingViolation`
    ///   with a `SharingConflict` as its cause, `.protocolMismatch` or `.cardUnresponsive` for the card;
    ///   `.waitsForItself` in the body of a transaction with the same reader, which the service would let wait for its
    ///   end.
    public func connect(
        to query: ReaderQuery, mode: ShareMode = .shared, protocols: Set<CardProtocol> = [.t0, .t1],
        patience: Duration = .seconds(2), deadline: ContinuousClock.Instant? = nil
    ) async throws(CardError) -> Card {
        let thread = try CardThread()
        let held = HeldReaders.current
        return try await thread.call(subject: query.description, deadline: deadline) {
            (call: BlockingCall<Card, CardError>) throws(CardError) in
            let reader = try query.resolve(in: Self.present())
            try held.refuse(reader)
            let handle = try CardHandle(
                reader: reader, mode: mode, protocols: protocols, patience: patience, clock: call.clock,
                isWanted: { call.verdict == nil })
            return Card(handle, thread: thread)
        }
    }

    /// The readers' names.
    ///
    /// - Throws: `CardError`, also where there is none though one is connected.
    private static func present() throws(CardError) -> [String] {
        let readers = try PCSCContext().readers()
        if readers.isEmpty, let reason = USBCardReader.reason(for: USBCardReader.connected()) { throw reason }
        return readers
    }
}
