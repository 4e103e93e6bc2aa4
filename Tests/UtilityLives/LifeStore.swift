package import CardCrypto
package import Records

/// Where the records of a life are. They outlive the host's process, and can be copied and put back.
package protocol LifeStore: AnyObject {
    /// Opens the records, as the host's program does when it begins. The process before has ended, however it did.
    func open(auditKey: Secret) throws -> any RecordStore & SQLRecords

    /// Copies the records, as a backup does; no process has them open.
    ///
    /// - Returns: the number of the copy.
    func backUp() throws -> Int

    /// Puts a copy in the records' place, or nothing at all; no process has them open.
    func restore(_ copy: Int?) throws
}
