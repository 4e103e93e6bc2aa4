public import Records

extension CreditResult {
    /// The receipt of what was done; nil where nothing was.
    ///
    /// - Throws: `HostError` of the record file.
    public func receipt(from records: any RecordStore) throws(HostError) -> Receipt? {
        guard case .done(let transaction) = outcome else { return nil }
        return try records.receipt(transaction.htxn, of: transaction.eid)
    }
}
