public import ISO7816
public import Issuing
public import Records
internal import Synchronization
public import ValueProtocol

/// A host that is open: its folder, its keys where it has them, its records and its clock.
///
/// It may be used from many threads: the keys are only read once they are open, and each authority is another.
public final class HostContext: Sendable {
    public let folder: HostFolder
    public let records: any RecordStore
    /// The time of day that desks of this host write down.
    public let clock: @Sendable () -> Timestamp
    private nonisolated(unsafe) let keys: HostKeys?
    /// The journal is locked while it is open, even against this process: its readers take turns.
    private let journalTurn = Mutex(())

    /// - Parameters:
    ///   - folder: exists; see `HostFolder.prepare()`.
    ///   - records: open, such as the record file of the folder.
    ///   - keys: the host's; nil where a master-key card is the authority.
    ///   - clock: the time of day; the system's unless another is given.
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
    /// - Throws: `HostError` `.noFile` where the host has no keys.
    public var pid: PartyID { get throws(HostError) { try openKeys().pid } }

    /// The host's master keys, ascending.
    ///
    /// - Throws: `HostError` `.noFile` where the host has no keys, `SessionError`.
    public func masterKeys() throws -> [KeyDescriptor] { try openKeys().descriptors() }

    /// An authority of the host's own keys, for one thread at a time.
    ///
    /// - Throws: `HostError` `.noFile` where the host has no keys, `SessionError`.
    public func authority() throws -> any Authority { try openKeys().authority(register: records) }

    private func openKeys() throws(HostError) -> HostKeys {
        guard let keys = unsafe keys else { throw HostError(.noFile, folder.sealedKeys) }
        return keys
    }

    // MARK: Workplaces

    /// A clerk's workplace with the host's own keys.
    ///
    /// - Parameter channel: leads to the card or meter.
    /// - Throws: `HostError` `.noFile` where the host has no keys, `SessionError`.
    public func workplace(over channel: any CardChannel) throws -> ClerkWorkplace {
        try ClerkWorkplace(host: self, card: channel, keys: openKeys())
    }

    /// A clerk's workplace with the keys of a master-key card, to which a custodian gave the PIN.
    ///
    /// - Parameters:
    ///   - channel: leads to the card or meter.
    ///   - masterKeyCard: selected, its PIN verified.
    /// - Throws: `SessionError`.
    public func workplace(over channel: any CardChannel, by masterKeyCard: MasterKeyCard) throws -> ClerkWorkplace {
        try ClerkWorkplace(host: self, card: channel, keys: masterKeyCard)
    }

    // MARK: The issuing desk's journal

    /// Opens the journal; whoever has it keeps everybody else out.
    ///
    /// - Throws: `JournalError`.
    public func openJournal() throws(JournalError) -> FileJournal { try FileJournal(path: folder.issueJournal) }

    /// The purses of a card or meter, as they were issued and bound here; ascending by service.
    ///
    /// - Throws: `JournalError`; `HostError` of the record file.
    public func purses(of eid: PartyID) throws -> [PursePlan] {
        try journalTurn.withLock { _ in
            try HostCardRegister(records: records, journal: try openJournal()).purses(of: eid)
        }
    }

    /// The currency of a purse, as it was issued or bound here; nil where it was not.
    ///
    /// - Throws: `JournalError`; `HostError` of the record file.
    public func currency(of service: UtilityService, on eid: PartyID) throws -> Currency? {
        try purses(of: eid).first { $0.service == service }?.currency
    }
}

extension KeyStore {
    /// The master keys with their check values, ascending.
    func descriptors() throws(SessionError) -> [KeyDescriptor] {
        try keys().map { KeyDescriptor($0.name, $0.checkValue) }
    }
}
