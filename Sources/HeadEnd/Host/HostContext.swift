public import ISO7816
public import Issuing
public import Records
internal import Synchronization
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
    /// The journal is locked while it is open, even within this process, so its readers must take turns.
    private let journalTurn = Mutex(())

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
    public func authority() throws -> any Authority { try openKeys().authority(register: records) }

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

    /// Opens the journal; while it is open, nobody else can open it.
    ///
    /// - Throws: `JournalError`.
    public func openJournal() throws(JournalError) -> FileJournal { try FileJournal(path: folder.issueJournal) }

    /// The purses of a card or meter, as issued and bound here; ascending by service.
    ///
    /// - Throws: `JournalError`; `HostError` of the record file.
    public func purses(of eid: PartyID) throws -> [PursePlan] {
        try journalTurn.withLock { _ in
            try HostCardRegister(records: records, journal: try openJournal()).purses(of: eid)
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
