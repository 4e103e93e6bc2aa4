/// What a watch asks the service next, and what it knows from the last answer.
struct ReaderPoll {
    /// One call to the service.
    struct Request {
        /// The readers with their known states, and the notification at the end.
        let entries: [(name: String, known: UInt32)]
        /// Whether to wait for a change. Where the readers are not the known ones, they are read without waiting.
        let waits: Bool
    }

    /// The name under which the service reports that readers arrived or left.
    static let notification = "\\\\?PnP?\\Notification"
    /// Maximum number of names that the service accepts in one call.
    private static let maxNameCount = 16

    private var known: [ReaderState]?
    /// The state of the notification entry, which counts the readers.
    private var count: UInt32 = 0
    private var names: [String] = []

    /// The request for these readers.
    mutating func request(for names: [String]) -> Request {
        let waits = names == known?.map(\.reader)
        if !waits { count = UInt32(names.count) << 16 }
        self.names = names
        var entries = names.map { name in (name: name, known: known?.first { $0.reader == name }?.known ?? 0) }
        // With all entries used there is none left for the notification, and no further reader can arrive.
        if names.count < Self.maxNameCount { entries.append((name: Self.notification, known: count)) }
        return Request(entries: entries, waits: waits)
    }

    /// Records the answer to the last request.
    ///
    /// - Returns: the states of the readers.
    mutating func recordStates(_ answer: [ReaderState]) -> [ReaderState] {
        var states = answer
        if states.last?.reader == Self.notification { count = states.removeLast().known }
        known = states
        return states
    }

    /// Records that nothing differs from the last request.
    ///
    /// - Returns: the states of the readers, where readers have left; nil where they are those already known.
    mutating func recordNoChange() -> [ReaderState]? {
        let states = names.compactMap { name in known?.first { $0.reader == name } }
        defer { known = states }
        return states == known ? nil : states
    }
}
