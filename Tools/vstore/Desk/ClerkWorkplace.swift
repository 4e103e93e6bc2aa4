import HeadEnd
import ISO7816
import Issuing
import Records
import RecordsSQLite
import ValueProtocol

/// What a clerk works with: the card, an authority, and the host's records.
struct ClerkWorkplace {
    /// Leads to the subscriber's card, or the meter.
    let card: any CardChannel
    let authority: any Authority
    /// The master keys of the authority.
    let held: [KeyDescriptor]
    let records: RecordFile

    init(card: any CardChannel, keys: any KeyStore, records: RecordFile) throws {
        self.card = card
        authority = try keys.authority(register: records)
        held = try keys.checkedKeys()
        self.records = records
    }

    /// The desk that loads and refunds.
    var creditDesk: CreditDesk { CreditDesk(records: records, authority: authority) }

    /// The desk that issues, binds and blocks.
    func issuingDesk(_ journal: any IssueJournal) -> IssuingDesk {
        IssuingDesk(authority: authority, journal: journal, clock: SystemClock.now)
    }
}

/// The host's end, opened: its folder, its keys where it has them, and its records.
///
/// The keys go to one thread only, that of the counter.
struct HostContext: @unchecked Sendable {
    let home: Home
    /// Nil where there is no key file: a master-key card serves.
    let keys: HostKeys?
    let records: RecordFile

    /// Asks for the passphrase where there is a key file, and opens the records, or begins them.
    init(_ home: Home, _ passphrase: PassphraseOptions, needsKeys: Bool) throws {
        try home.prepare()
        self.home = home
        let file = HostKeyFile(home)
        keys = try file.isThere || needsKeys ? file.open(passphrase) : nil
        do throws(HostError) {
            records = try RecordFile.open(at: home.records, auditKey: keys?.auditKey)
        } catch {
            guard error.code == .noFile else { throw error }
            records = try RecordFile.create(at: home.records, auditKey: keys?.auditKey)
        }
    }
}

extension AuthorityOptions {
    /// Opens a counter for `body`, which runs on a thread that may block.
    func withCounter<Value: Sendable>(
        _ host: HostContext, _ card: CardLocation, _ common: ProgramOptions,
        _ body: sending @escaping (ClerkWorkplace) throws -> Value
    ) async throws -> Value {
        guard let master = try place(common) else {
            return try await card.withChannel { channel in
                guard let keys = host.keys else { throw HostError(.noFile, host.home.sealedKeys) }
                return try body(try ClerkWorkplace(card: channel, keys: keys, records: host.records))
            }
        }
        let (pin, custodian) = (try pin(), KeyCustodian(rawValue: custodian) ?? KeyCustodian.all[0])
        return try await CardLocation.withCards([master, card]) { cards in
            let key = MasterKeyCard(cards[0].channel)
            try key.select()
            try key.verify(pin, of: custodian)
            return try body(try ClerkWorkplace(card: cards[1].channel, keys: key, records: host.records))
        }
    }

    /// The authority's master keys; no PIN is wanted for that.
    func heldKeys(_ host: HostContext, _ common: ProgramOptions) async throws -> [KeyDescriptor] {
        guard let master = try place(common) else {
            guard let keys = host.keys else { throw HostError(.noFile, host.home.sealedKeys) }
            return try keys.checkedKeys()
        }
        return try await master.withChannel { channel in
            let card = MasterKeyCard(channel)
            try card.select()
            return try card.checkedKeys()
        }
    }

    /// The host's end, whose keys are needed where no master-key card is named.
    func hostEnd(_ common: ProgramOptions) throws -> HostContext {
        try HostContext(common.place, passphrase, needsKeys: master == nil && masterReader == nil)
    }
}

extension KeyStore {
    fileprivate func checkedKeys() throws -> [KeyDescriptor] {
        try keys().map { KeyDescriptor($0.name, $0.checkValue) }
    }
}
