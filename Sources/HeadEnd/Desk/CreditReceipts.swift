public import Records

extension CreditResult {
    /// The receipt of a completed order; nil if it was not completed.
    ///
    /// - Throws: `HostError` of the record file.
    public func receipt(from records: any RecordStore) throws(HostError) -> Receipt? {
        guard case .done(let transaction) = outcome else { return nil }
        return try records.receipt(transaction.htxn, of: transaction.eid)
    }
}
