import Issuing
import Ledger
import ValueProtocol

/// Where calls on records of several servers go: each to the server that has the element's shard.
///
/// What concerns no single element is asked of all servers. No call changes two servers at once: between elements on
/// different servers no value moves, but for what a replaced card leaves its successor, which goes through the seller's
/// accounts in two steps.
protocol ClusterAccess: RecordAccess {
    var cluster: RecordCluster { get }

    /// The records of one server, to read from.
    func reader(_ index: Int) throws(HostError) -> any SQLRecords

    /// The records of one server, to change.
    func writer(_ index: Int) throws(HostError) -> any SQLRecords
}

extension ClusterAccess {
    func index(of eid: PartyID) -> Int { cluster.index(of: Shard(of: eid)) }

    func reader(of eid: PartyID) throws(HostError) -> any SQLRecords { try reader(index(of: eid)) }

    func writer(of eid: PartyID) throws(HostError) -> any SQLRecords { try writer(index(of: eid)) }

    /// What all servers have, in their order.
    func all<Value>(_ read: (any SQLRecords) throws(HostError) -> [Value]) throws(HostError) -> [Value] {
        var found: [Value] = []
        for index in cluster.servers.indices { found += try read(try reader(index)) }
        return found
    }

    /// - Throws: `HostError` `.onOtherServers` if two elements are on different servers.
    func requireTogether(_ eid: PartyID, _ other: PartyID) throws(HostError) {
        guard other != .none, eid != .none, index(of: eid) != index(of: other) else { return }
        let servers = [eid, other].map { cluster.server(of: $0).number }
        throw HostError(.onOtherServers, "\(eid) on server \(servers[0]), \(other) on server \(servers[1])")
    }
}

// MARK: Elements

extension ClusterAccess {
    public func lastNT(of eid: PartyID) throws(SessionError) -> UInt32? {
        try asRegister { () throws(HostError) in try reader(of: eid) }.lastNT(of: eid)
    }

    public func highestVersion(of purpose: Purpose, for eid: PartyID) throws(SessionError) -> UInt8? {
        try asRegister { () throws(HostError) in try reader(of: eid) }.highestVersion(of: purpose, for: eid)
    }

    public func wasIssued(_ eid: PartyID) throws(SessionError) -> Bool {
        try asRegister { () throws(HostError) in try reader(of: eid) }.wasIssued(eid)
    }

    public func recordGenuine(_ identity: SessionIdentity) throws(SessionError) {
        try asRegister { () throws(HostError) in try writer(of: identity.eid) }.recordGenuine(identity)
    }

    public func recordLoadedKeys(_ keys: [KeyName], to eid: PartyID) throws(SessionError) {
        try asRegister { () throws(HostError) in try writer(of: eid) }.recordLoadedKeys(keys, to: eid)
    }

    public func recordIssued(_ eid: PartyID) throws(SessionError) {
        try asRegister { () throws(HostError) in try writer(of: eid) }.recordIssued(eid)
    }

    private func asRegister<Value>(_ body: () throws(HostError) -> Value) throws(SessionError) -> Value {
        do {
            return try body()
        } catch {
            throw SessionError(.authorityFailed, error.subject, cause: error)
        }
    }

    public func element(_ eid: PartyID) throws(HostError) -> ElementRecord? { try reader(of: eid).element(eid) }

    public func elements() throws(HostError) -> [ElementRecord] {
        try all { records throws(HostError) in try records.elements() }.sorted { "\($0.eid)" < "\($1.eid)" }
    }

    public func setStatus(
        _ status: ElementStatus, of eid: PartyID, because reason: String?, at time: Timestamp
    ) throws(HostError) {
        try writer(of: eid).setStatus(status, of: eid, because: reason, at: time)
    }

    public func recordPurses(_ purses: [Bind], of eid: PartyID, at time: Timestamp) throws(HostError) {
        for purse in purses { try requireTogether(eid, purse.meter) }
        try writer(of: eid).recordPurses(purses, of: eid, at: time)
    }

    public func purses(of eid: PartyID) throws(HostError) -> [Bind] { try reader(of: eid).purses(of: eid) }

    public func recordStatus(
        _ answer: AskStatus.Answer, of service: UtilityService, on eid: PartyID, at time: Timestamp
    ) throws(HostError) {
        try writer(of: eid).recordStatus(answer, of: service, on: eid, at: time)
    }

    public func balances(of eid: PartyID) throws(HostError) -> [ProvenBalance] {
        try reader(of: eid).balances(of: eid)
    }

    public func books(of eid: PartyID) throws(HostError) -> [PurseBooks] { try reader(of: eid).books(of: eid) }

    public func remainingValue(of eid: PartyID) throws(HostError) -> [RemainingValue] {
        try reader(of: eid).remainingValue(of: eid)
    }
}

// MARK: Transactions

extension ClusterAccess {
    public func transactions(of eid: PartyID?) throws(HostError) -> [CreditTransaction] {
        guard let eid else {
            return try all { records throws(HostError) in try records.transactions(of: nil) }.inOrder
        }
        return try reader(of: eid).transactions(of: eid)
    }

    public func transaction(_ htxn: HostTransaction, of eid: PartyID) throws(HostError) -> CreditTransaction? {
        try reader(of: eid).transaction(htxn, of: eid)
    }

    public func queuedTariffs(of meter: PartyID) throws(HostError) -> [QueuedTariff] {
        try reader(of: meter).queuedTariffs(of: meter)
    }

    public func tariffsAhead(of meter: PartyID, at time: Timestamp) throws(HostError) -> [CreditTransaction] {
        try reader(of: meter).tariffsAhead(of: meter, at: time)
    }

    public func dequeueTariff(
        effective: Timestamp, of meter: PartyID, at time: Timestamp
    ) throws(HostError) -> Bool {
        try writer(of: meter).dequeueTariff(effective: effective, of: meter, at: time)
    }

    public func unsettled() throws(HostError) -> [CreditTransaction] {
        try all { records throws(HostError) in try records.unsettled() }.inOrder
    }

    public func receipt(_ htxn: HostTransaction, of eid: PartyID) throws(HostError) -> Receipt? {
        try reader(of: eid).receipt(htxn, of: eid)
    }

    public func transactionInDoubt(with eid: PartyID) throws(HostError) -> CreditTransaction? {
        try reader(of: eid).transactionInDoubt(with: eid)
    }

    public func begin(
        _ request: CreditRequest, of eid: PartyID, elementHighest: HostTransaction, at time: Timestamp
    ) throws(HostError) -> StartedTransaction {
        try requireFloatTogether(request, of: eid)
        let records = try writer(of: eid)
        do throws(HostError) {
            try giveBackCarried(for: request, of: eid, at: time)
        } catch {
            guard let refusal = error.refusal else { throw error }
            return .declined(.books(refusal))
        }
        return try records.begin(request, of: eid, elementHighest: elementHighest, at: time)
    }

    /// A float that these records know pays only for elements of its server.
    private func requireFloatTogether(_ request: CreditRequest, of eid: PartyID) throws(HostError) {
        guard let payer = request.payer, request.kind == .storeCredit, request.service != .float,
            index(of: payer) != index(of: eid)
        else { return }
        let records = try reader(of: payer)
        let isBound = try records.purses(of: payer).contains { $0.service == .float }
        let isLoaded = try records.transactions(of: payer).contains { $0.order.service == .float }
        if isBound || isLoaded { try requireTogether(eid, payer) }
    }

    public func acceptNumbers(
        upTo highest: HostTransaction, of eid: PartyID, at time: Timestamp
    ) throws(HostError) -> NumberGap? {
        try writer(of: eid).acceptNumbers(upTo: highest, of: eid, at: time)
    }

    public func beginAgain(
        _ htxn: HostTransaction, of eid: PartyID, elementHighest: HostTransaction, at time: Timestamp
    ) throws(HostError) -> StartedTransaction {
        try writer(of: eid).beginAgain(htxn, of: eid, elementHighest: elementHighest, at: time)
    }

    public func conclude(
        _ transaction: CreditTransaction, as state: CreditTransaction.State, balance: Amount?, at time: Timestamp
    ) throws(HostError) -> CreditTransaction {
        try writer(of: transaction.eid).conclude(transaction, as: state, balance: balance, at: time)
    }

    public func resolve(
        _ htxn: HostTransaction, of eid: PartyID, applied: Bool, by person: String, because reason: String,
        at time: Timestamp
    ) throws(HostError) -> CreditTransaction {
        try writer(of: eid).resolve(htxn, of: eid, applied: applied, by: person, because: reason, at: time)
    }
}

extension [CreditTransaction] {
    /// By element and number, as one database has them.
    fileprivate var inOrder: [CreditTransaction] { sorted { ("\($0.eid)", $0.htxn) < ("\($1.eid)", $1.htxn) } }
}

// MARK: Issuing

extension ClusterAccess {
    public func issueHistory(of eid: PartyID) throws(HostError) -> [JournalEntry] {
        try reader(of: eid).issueHistory(of: eid)
    }

    public func record(_ entries: [JournalEntry]) throws(HostError) {
        for part in Dictionary(grouping: entries, by: { index(of: $0.element) }).sorted(by: { $0.key < $1.key }) {
            guard let first = part.value.first else { continue }
            try writer(of: first.element).record(part.value)
        }
    }
}

// MARK: Meters

extension ClusterAccess {
    public func use(
        of meter: PartyID, _ series: UsageSeries, from: Timestamp, to: Timestamp
    ) throws(HostError) -> [UsageRecord] {
        try reader(of: meter).use(of: meter, series, from: from, to: to)
    }

    public func record(
        _ use: [UsageRecord], _ series: UsageSeries, of meter: PartyID, at time: Timestamp
    ) throws(HostError) -> Int {
        try writer(of: meter).record(use, series, of: meter, at: time)
    }

    public func forEachMeter(
        with series: UsageSeries, onDay day: UInt32, _ body: (PartyID, [UsageRecord]) -> Void
    ) throws(HostError) {
        for index in cluster.servers.indices {
            let records = try reader(index)
            try records.forEachMeter(with: series, onDay: day, body)
        }
    }

    public func events(of meter: PartyID, from: Timestamp, to: Timestamp) throws(HostError) -> [EventRecord] {
        try reader(of: meter).events(of: meter, from: from, to: to)
    }

    public func record(
        _ events: [EventRecord], of meter: PartyID, at time: Timestamp
    ) throws(HostError) -> [EventRecord] {
        try writer(of: meter).record(events, of: meter, at: time)
    }

    public func readingStart(_ series: UsageSeries, of meter: PartyID) throws(HostError) -> Timestamp {
        try reader(of: meter).readingStart(series, of: meter)
    }

    public func recordReading(upTo clock: Timestamp, of meter: PartyID) throws(HostError) {
        try writer(of: meter).recordReading(upTo: clock, of: meter)
    }

    public func clocks(of meter: PartyID) throws(HostError) -> [ClockRecord] {
        try reader(of: meter).clocks(of: meter)
    }

    public func recordClock(_ clock: Timestamp, of meter: PartyID, at time: Timestamp) throws(HostError) {
        try writer(of: meter).recordClock(clock, of: meter, at: time)
    }

    public func beginSettingClock(
        to target: Timestamp, of meter: PartyID, at time: Timestamp
    ) throws(HostError) -> Int64 {
        try writer(of: meter).beginSettingClock(to: target, of: meter, at: time)
    }

    public func endSettingClock(_ number: Int64, of meter: PartyID, before: Timestamp) throws(HostError) {
        try writer(of: meter).endSettingClock(number, of: meter, before: before)
    }

    public func record(
        _ statuses: [MeterStatusRecord], from card: PartyID, at time: Timestamp
    ) throws(HostError) -> [MeterStatusRecord] {
        // Only these move value in the books of the meter.
        for status in statuses
        where status.meter.kind.rawValue == status.service.rawValue && MeterStatus(status.status) != nil {
            try requireTogether(card, status.meter)
        }
        return try writer(of: card).record(statuses, from: card, at: time)
    }

    public func record(
        _ account: MeterAccount, of service: UtilityService, on meter: PartyID, nt: UInt32, highest: HostTransaction,
        at time: Timestamp
    ) throws(HostError) {
        try writer(of: meter).record(account, of: service, on: meter, nt: nt, highest: highest, at: time)
    }

    public func record(_ reading: FinalReading, of meter: PartyID, at time: Timestamp) throws(HostError) {
        try writer(of: meter).record(reading, of: meter, at: time)
    }

    public func finalReading(of meter: PartyID) throws(HostError) -> FinalReading? {
        try reader(of: meter).finalReading(of: meter)
    }

    public func setCalendar(_ calendar: MeterCalendar, of meter: PartyID, at time: Timestamp) throws(HostError) {
        try writer(of: meter).setCalendar(calendar, of: meter, at: time)
    }

    public func calendar(of meter: PartyID) throws(HostError) -> MeterCalendar? {
        try reader(of: meter).calendar(of: meter)
    }

    public func debts(of meter: PartyID) throws(HostError) -> [MeterDebt] { try reader(of: meter).debts(of: meter) }

    /// Each report is with the card that brought it.
    public func meterStatus(of meter: PartyID) throws(HostError) -> [MeterStatusRecord] {
        try all { records throws(HostError) in try records.meterStatus(of: meter) }
            .enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(\.element)
    }
}

// MARK: Audit trail

extension ClusterAccess {
    public func auditMark() throws(HostError) -> AuditMark? { try auditMarks().first }

    public func auditMarks() throws(HostError) -> [AuditMark] {
        try all { records throws(HostError) in try records.auditMarks() }
    }

    public func auditTrail(of eid: PartyID?) throws(HostError) -> [AuditEntry] {
        if let eid { return try reader(of: eid).auditTrail(of: eid) }
        return try all { records throws(HostError) in try records.auditTrail(of: nil) }
    }

    public func contains(_ mark: AuditMark) throws(HostError) -> Bool {
        guard let index = cluster.index(ofWriter: mark.writer) else { return false }
        return try reader(index).contains(mark)
    }

    public func verify(against marks: [AuditMark]) throws(HostError) -> Int {
        try verifyEach(against: marks) { records, marks throws(HostError) in try records.verify(against: marks) }
    }

    public func verifyTrail(against marks: [AuditMark]) throws(HostError) -> Int {
        try verifyEach(against: marks) { records, marks throws(HostError) in try records.verifyTrail(against: marks) }
    }

    private func verifyEach(
        against marks: [AuditMark], _ verify: (any SQLRecords, [AuditMark]) throws(HostError) -> Int
    ) throws(HostError) -> Int {
        let byServer = Dictionary(grouping: marks) { cluster.index(ofWriter: $0.writer) }
        if let stray = byServer[nil]?.first { throw HostError(.auditBroken, "noted mark \(stray)") }
        var count = 0
        for index in cluster.servers.indices { count += try verify(try reader(index), byServer[index] ?? []) }
        return count
    }

    /// All servers have the same audit key.
    public var rootKey: [UInt8]? {
        get throws(HostError) {
            var unreachable: HostError?
            for index in cluster.servers.indices {
                do throws(HostError) {
                    return try reader(index).rootKey
                } catch {
                    guard error.code == .databaseUnreachable else { throw error }
                    unreachable = error
                }
            }
            throw unreachable ?? HostError(.databaseUnreachable, "no server")
        }
    }

    /// Each server has roots of its own.
    ///
    /// - Returns: the last that was signed.
    public func signRoot(at time: Timestamp) throws(HostError) -> AuditRoot? {
        try signEach { records throws(HostError) in try records.signRoot(at: time) }
    }

    public func signDueRoot(at time: Timestamp) throws(HostError) -> AuditRoot? {
        try signEach { records throws(HostError) in try records.signDueRoot(at: time) }
    }

    /// What a server that cannot be reached has not signed, it signs when it is back.
    private func signEach(
        _ sign: (any SQLRecords) throws(HostError) -> AuditRoot?
    ) throws(HostError) -> AuditRoot? {
        var signed: AuditRoot?
        for index in cluster.servers.indices {
            do throws(HostError) {
                signed = try sign(try writer(index)) ?? signed
            } catch {
                guard error.code == .databaseUnreachable else { throw error }
            }
        }
        return signed
    }

    public func roots() throws(HostError) -> [AuditRoot] {
        try all { records throws(HostError) in try records.roots() }
    }

    public func proof(of mark: AuditMark) throws(HostError) -> AuditProof? {
        guard let index = cluster.index(ofWriter: mark.writer) else { return nil }
        return try reader(index).proof(of: mark)
    }
}
