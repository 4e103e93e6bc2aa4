public import Records

/// A record store under test.
public protocol RecordStoreUnderTest: Sendable {
    /// Opens the records, which are empty at first, once more, as another process would; what is open stays open.
    ///
    /// A store that cannot be opened twice returns the same object each time.
    func open() throws -> any RecordStore
}
