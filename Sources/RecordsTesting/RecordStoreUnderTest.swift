public import Records
public import ValueProtocol

/// A record store under test.
public protocol RecordStoreUnderTest: Sendable {
    /// Opens the records, which are empty at first, once more, as another process would; what is open stays open.
    ///
    /// A store that cannot be opened twice returns the same object each time.
    func open() throws -> any RecordStore

    /// Whether one commit can change two elements: not where records over several servers have them on different ones.
    func mayShareCommit(_ eid: PartyID, _ other: PartyID) -> Bool
}

extension RecordStoreUnderTest {
    /// Of records on one server.
    public func mayShareCommit(_ eid: PartyID, _ other: PartyID) -> Bool { true }
}
