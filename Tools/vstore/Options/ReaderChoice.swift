import CardIO

extension ReaderQuery {
    /// The reader of an option, else of `VSTORE_READER`, else of the configuration file, else the only one, or the only
    /// one that holds a card.
    static func chosen(_ option: String?) -> ReaderQuery {
        (option ?? Configuration.current[.reader]).map { ReaderQuery($0) } ?? .only
    }
}
