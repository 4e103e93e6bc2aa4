internal import CardCrypto
public import ISO7816
public import Issuing
public import Records
public import ValueProtocol

/// An open host: its folder, its keys if it has them, its records and its clock.
///
/// It may be used from several threads: the keys are read-only once open, and each call returns a new authority.
public final class HostContext: Sendable {
    public let folder: HostFolder
    public let records: any RecordStore
    /// The time of day that this host's desks record.
    public let clock: @Sendable () -> Timestamp
    private nonisolated(unsafe) let keys: HostKeys?

    /// - Parameters:
    ///   - folder: exists; see `HostFolder.prepare()`.
    ///   - records: open, such as the record file of the folder.
    ///   - keys: the host's; nil if a master-key card is the authority.
    ///   - clock: the time of day; the system's by default.
    public init(
        _ folder: HostFolder, records: any RecordStore, keys: sending HostKeys?,
        clock: @escaping @Sendable () -> Timestamp = SystemClock.now
    ) {
        self.folder = folder
        self.records = records
        self.clock = clock
        unsafe self.keys = keys
    }

    // MARK: Keys

    /// The host's identifier.
    ///
    /// - Throws: `HostError` `.noKeys` if the host has none.
    public var pid: PartyID { get throws(HostError) { try openKeys().pid } }

    /// The host's master keys, ascending.
    ///
    /// - Throws: `HostError` `.noKeys` if the host has none, `SessionError`.
    public func masterKeys() throws -> [KeyDescriptor] { try openKeys().descriptors() }

    /// An authority with the host's own keys, for one thread at a time.
    ///
    /// - Throws: `HostError` `.noKeys` if the host has none, `SessionError`.
    public func authority() throws -> any Authority { try authority(register: records) }

    /// - Parameter register: notes sessions in the records, or has them noted.
    func authority(register: any ElementRegister) throws -> any Authority {
        try openKeys().authority(register: register)
    }

    /// The key of the records' audit trail; nil if the host has no keys.
    var auditKey: Secret? { unsafe keys?.auditKey }

    private func openKeys() throws(HostError) -> HostKeys {
        guard let keys = unsafe keys else { throw HostError(.noKeys, folder.sealedKeys) }
        return keys
    }

    // MARK: Workplaces

    /// A clerk's workplace with the host's own keys.
    ///
    /// - Parameter channel: the channel to the card or meter.
    /// - Throws: `HostError` `.noKeys` if the host has none, `SessionError`.
    public func workplace(over channel: any CardChannel) throws -> ClerkWorkplace {
        try ClerkWorkplace(host: self, card: channel, keys: openKeys())
    }

    /// A clerk's workplace with the keys of a master-key card on which a custodian has verified the PIN.
    ///
    /// - Parameters:
    ///   - channel: the channel to the card or meter.
    ///   - masterKeyCard: selected, its PIN verified.
    /// - Throws: `SessionError`.
    public func workplace(over channel: any CardChannel, by masterKeyCard: MasterKeyCard) throws -> ClerkWorkplace {
        try ClerkWorkplace(host: self, card: channel, keys: masterKeyCard)
    }

    // MARK: The issuing desk's journal

    /// The issuing desk's journal, in the records: what it is about to do with an element, and what the result was.
    ///
    /// A journal in a file of its own, as earlier versions kept it, is taken into the records first.
    ///
    /// - Throws: `JournalError` of that file, `HostError` of the records.
    public func openJournal() throws -> any IssueJournal {
        try folder.moveJournal(into: records)
        return StoreJournal(records)
    }

    /// The purses of a card or meter, as issued and bound here; ascending by service.
    ///
    /// A binding that was answered, but not recorded before the program ended, is recorded now. One without an answer is
    /// included as it was ordered.
    ///
    /// - Throws: `JournalError`; `HostError` of the record file.
    public func purses(of eid: PartyID) throws -> [PursePlan] {
        let journal = try openJournal()
        try settleBindings(of: eid, by: journal)
        return try HostCardRegister(records: records, journal: journal).purses(of: eid)
    }

    /// Records the purses that the element was issued with, the bindings that it answered, and what they left behind, as
    /// far as the records do not have them.
    func settleBindings(of eid: PartyID, by journal: any IssueJournal) throws {
        let answered = try journal.bindings(of: eid).filter(\.isAnswered).map(\.purse.bind)
        let known = try records.purses(of: eid)
        var missing = answered.filter { !known.contains($0) }
        if let issue = try journal.progress(of: eid), issue.stage >= .issued {
            let services = Set((known + answered).map(\.service))
            missing += issue.plan.purses.map(\.bind).filter { !services.contains($0.service) }
        }
        if !missing.isEmpty { try records.recordPurses(missing, of: eid, at: clock()) }
        for purse in answered {
            guard let left = try journal.lastBinding(of: purse.service, on: eid)?.left else { continue }
            try records.recordLeft(left, of: purse.service, on: eid, at: clock())
        }
    }

    /// The currency of a purse, as issued or bound here, otherwise as credited last; nil if neither.
    ///
    /// - Throws: `JournalError`; `HostError` of the record file.
    public func currency(of service: UtilityService, on eid: PartyID) throws -> Currency? {
        if let purse = try purses(of: eid).first(where: { $0.service == service }) { return purse.currency }
        return try records.transactions(of: eid).last { $0.order.service == service }?.order.currency
    }
}

extension KeyStore {
    /// The master keys with their check values, ascending.
    func descriptors() throws(SessionError) -> [KeyDescriptor] {
        try keys().map { KeyDescriptor($0.name, $0.checkValue) }
    }
}
