public import ISO7816

/// Arrivals and removals of readers and cards, starting with those already present.
///
/// A separate thread waits for the service. It ends when the iterator is released, when its task is cancelled, or when
/// the deadline passes. Where the service ends, cards and readers leave, and arrive again when it is back.
public struct ReaderEvents: AsyncSequence, Sendable {
    public typealias Element = ReaderEvent
    public typealias Failure = CardError

    let deadline: ContinuousClock.Instant?

    public func makeAsyncIterator() -> Iterator { Iterator(states: ReaderStates(deadline: deadline)) }

    public struct Iterator: AsyncIteratorProtocol {
        private var states: ReaderStates.Iterator
        private var observer = ReaderObserver()
        private var pending: ArraySlice<ReaderEvent> = []

        init(states: ReaderStates) { self.states = states.makeAsyncIterator() }

        /// The next event; nil after cancellation.
        ///
        /// - Throws: `CardError`: `.deadlineExceeded`, or an error of the service; the sequence ends then.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(CardError) -> ReaderEvent? {
            while pending.isEmpty {
                guard let now = try await states.next(isolation: actor) else { return nil }
                pending = observer.observe(now)[...]
            }
            return pending.removeFirst()
        }
    }
}

extension PCSCService {
    /// Events of readers and cards, starting with those present, until `deadline`.
    public func events(deadline: ContinuousClock.Instant? = nil) -> ReaderEvents { ReaderEvents(deadline: deadline) }

    /// The states of all readers, now and after each change, until `deadline`.
    public func states(deadline: ContinuousClock.Instant? = nil) -> ReaderStates { ReaderStates(deadline: deadline) }

    /// Waits until a card that answers is in the selected reader, or in any where `query` is nil, and returns the
    /// reader's name. Returns at once where one is already present.
    ///
    /// - Throws: `CardError`: `.deadlineExceeded`, `.cancelled`, or an error of the service.
    @discardableResult
    public func waitForCard(
        in query: ReaderQuery? = nil, deadline: ContinuousClock.Instant? = nil
    ) async throws(CardError) -> String {
        let wanted = try await name(of: query, deadline: deadline)
        for try await states in states(deadline: deadline) {
            let ready = states.first { state in
                (wanted == nil || state.reader == wanted) && state.isCardPresent && !state.isMute
            }
            if let ready { return ready.reader }
        }
        throw CardError(.cancelled, subject: query?.description ?? "all readers")
    }

    /// Waits until no card is in the selected reader, or the reader is gone.
    ///
    /// A reader given as `.name` may already be gone, e.g. the reader of a pulled card; any other query must first find
    /// its reader.
    ///
    /// - Throws: `CardError`: `.deadlineExceeded`, `.cancelled`, or an error of the service.
    public func waitForRemoval(
        from query: ReaderQuery, deadline: ContinuousClock.Instant? = nil
    ) async throws(CardError) {
        let wanted = if let name = query.exactName { name } else { try await name(of: query, deadline: deadline) }
        for try await states in states(deadline: deadline) {
            if states.first(where: { $0.reader == wanted })?.isCardPresent != true { return }
        }
        throw CardError(.cancelled, subject: query.description)
    }

    private func name(
        of query: ReaderQuery?, deadline: ContinuousClock.Instant?
    ) async throws(CardError) -> String? {
        guard let query else { return nil }
        return try query.resolve(in: try await readers(deadline: deadline))
    }
}
