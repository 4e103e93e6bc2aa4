public import ISO7816

/// The machine's PC/SC service (pcscd, or the system's own): readers, their events, and cards.
///
/// It connects on the first call, so a value can be created while no service runs.
public final class PCSCService: Sendable {
    private let thread: CardThread

    /// - Throws: `CardError` where the system cannot create a thread.
    public init() throws(CardError) { thread = try CardThread() }

    /// The readers' names, in the service's order; empty where there is none.
    ///
    /// - Parameter deadline: when the call throws at the latest; nil for no deadline.
    /// - Throws: `CardError`: `.noService` where the service is not running, `.notAllowed` where it refuses this user.
    public func readers(deadline: ContinuousClock.Instant? = nil) async throws(CardError) -> [String] {
        try await thread.call(subject: "PC/SC service", deadline: deadline) {
            (_: BlockingCall<[String], CardError>) throws(CardError) in try PCSCContext().readers()
        }
    }

    /// The current states of the readers and their cards.
    ///
    /// - Parameter deadline: when the call throws at the latest; nil for no deadline.
    /// - Throws: `CardError`, as `readers` does.
    public func readerStates(deadline: ContinuousClock.Instant? = nil) async throws(CardError) -> [ReaderState] {
        try await thread.call(subject: "PC/SC service", deadline: deadline) {
            (_: BlockingCall<[ReaderState], CardError>) throws(CardError) in
            try Self.states()
        }
    }

    private static func states() throws(CardError) -> [ReaderState] {
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

    /// Connects to the card in a reader, or in `.direct` mode to the reader.
    ///
    /// - Parameters:
    ///   - query: which reader.
    ///   - mode: how the card is shared with other programs.
    ///   - protocols: those that may be used; the reader chooses among them.
    ///   - timeout: how long to wait for a card that another program holds. Programs that probe every inserted card, as
    ///     desktops and browsers do, hold it briefly.
    ///   - deadline: when the call throws at the latest; nil for no deadline.
    /// - Returns: the card, with a thread and a connection to the service of its own.
    /// - Throws: `CardError`: `.unknownReader`, `.ambiguousReader`, `.noReader` or `.noCard` for the query; `.noDriver` or
    ///   `.readerTaken` where a reader is connected that the service does not list; `.noCard`, `.sharingViolation` with
    ///   a `SharingConflict` as its cause, `.protocolMismatch` or `.cardUnresponsive` for the card; `.waitsForItself`
    ///   in the body of a transaction with the same reader, which would deadlock.
    public func connect(
        to query: ReaderQuery, mode: ShareMode = .shared, protocols: Set<CardProtocol> = [.t0, .t1],
        timeout: Duration = .seconds(2), deadline: ContinuousClock.Instant? = nil
    ) async throws(CardError) -> Card {
        let thread = try CardThread()
        let held = HeldReaders.current
        return try await thread.call(subject: query.description, deadline: deadline) {
            (call: BlockingCall<Card, CardError>) throws(CardError) in
            let present = try Self.present()
            // Which reader is the only one with a card is asked where it matters.
            let reader =
                query == .only && present.count > 1 && mode != .direct
                ? try query.resolve(among: Self.states()) : try query.resolve(in: present)
            try held.refuse(reader)
            let handle = try CardHandle(
                reader: reader, mode: mode, protocols: protocols, timeout: timeout, clock: call.clock,
                shouldContinue: { call.verdict == nil })
            return Card(handle, thread: thread)
        }
    }

    /// The readers' names.
    ///
    /// - Throws: `CardError`, also where none is listed though one is connected.
    private static func present() throws(CardError) -> [String] {
        let readers = try PCSCContext().readers()
        if readers.isEmpty, let reason = USBCardReader.reason(for: USBCardReader.connected()) { throw reason }
        return readers
    }
}
