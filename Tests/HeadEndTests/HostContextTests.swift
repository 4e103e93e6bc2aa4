import CardCrypto
import CardIOTesting
import Dispatch
import Foundation
import HeadEnd
import ISO7816
import Issuing
import Records
import RecordsSQLite
import Synchronization
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

@Suite("A host and a clerk") struct HostContextTests {
    private let files: TemporaryFolder
    private let records: RecordFile
    private let auditKey: Secret
    private let host: HostContext
    private let suite: CipherSuite
    private let keys: HostKeys

    private static let gas = PursePlan(
        service: .gas, currency: TestCard.euro, limit: Amount(rawValue: 100_000_000),
        meter: PartyID(issuer: 0xA1B2C3, kind: .gasMeter, number: 0x78))

    init() throws {
        files = try TemporaryFolder(isInMemory: true)
        suite = try CipherSuite()
        keys = try Self.keys()
        let folder = HostFolder(files.path + "/host")
        try folder.prepare()
        let keys = try Self.keys()
        records = try RecordFile.openOrCreate(at: folder.records, auditKey: keys.auditKey)
        auditKey = keys.auditKey
        host = HostContext(folder, records: records, keys: keys) { Timestamp(rawValue: 1000) }
    }

    private static func keys() throws -> sending HostKeys {
        let keys = try HostKeys(pid: PartyID(issuer: 0xA1B2C3, kind: .host, number: 7))
        keys.hold(Secret(copying: [UInt8](repeating: 0x40, count: 16)), as: .transport)
        for purpose in Purpose.allCases {
            for version in [UInt8(1), 2] where purpose == .usage || version == 1 {
                keys.hold(
                    Secret(copying: [UInt8](repeating: purpose.rawValue << 4 | version, count: 16)),
                    as: KeyName(purpose, version))
            }
        }
        return keys
    }

    private func blank(_ number: UInt32) throws -> (eid: PartyID, channel: InProcessChannel) {
        let eid = PartyID(issuer: 0xA1B2C3, kind: .subscriberCard, number: number)
        let transport = try #require(keys.elementKey(.transport, of: eid, suite))
        let card = try ValueCard(VolatileMemory(ValueCard.blank(eid, transportKey: transport)))
        return (eid, try InProcessChannel(card))
    }

    /// A card with a gas purse, issued at this host.
    private func issued(_ number: UInt32) throws -> (eid: PartyID, channel: InProcessChannel) {
        let card = try blank(number)
        let plan = try IssuePlan(eid: card.eid, held: try host.masterKeys(), purses: [Self.gas])
        #expect(try !host.workplace(over: card.channel).issue(plan).wasResumed)
        return card
    }

    @Test func `a host is private, and what it kept is there when it is opened again`() throws {
        let mode = try FileManager.default.attributesOfItem(atPath: host.folder.path)[.posixPermissions] as? Int
        #expect(mode == 0o700)
        let card = try issued(1)
        try records.close()
        let file = try RecordFile.openOrCreate(at: host.folder.records, auditKey: auditKey)
        let again = HostContext(host.folder, records: file, keys: try Self.keys())
        #expect(try again.purses(of: card.eid).map(\.service) == [.gas])
        #expect(try again.currency(of: .gas, on: card.eid) == TestCard.euro)
        #expect(try again.currency(of: .water, on: card.eid) == nil)
        #expect(try again.pid == keys.pid)
    }

    @Test func `without keys there is neither an authority nor a workplace`() throws {
        let folder = HostFolder(files.path + "/other")
        try folder.prepare()
        let host = HostContext(folder, records: try RecordFile.inMemory(), keys: nil)
        #expect(throws: HostError(.noKeys, "")) { try host.authority() }
        #expect(throws: HostError(.noKeys, "")) { try host.masterKeys() }
        let card = try blank(1)
        #expect(throws: HostError(.noKeys, "")) { try host.workplace(over: card.channel) }
    }

    @Test func `an order is in the currency on record, and is refused before it begins where there is none`() throws {
        let card = try issued(1)
        let channel = SelectCounter(card.channel)
        let client = try host.workplace(over: channel).elementClient
        let amount = Amount(rawValue: 7_000_000)
        let stored = try host.order(.storeCredit, amount, for: .gas, by: client, over: channel, reference: "1")
        #expect(channel.selects == 1)
        #expect(stored.state == .done)
        #expect(try records.transactions(of: card.eid).map(\.order.currency) == [TestCard.euro])
        #expect(throws: WorkplaceError(.unknownCurrency, "")) {
            try host.order(.storeCredit, amount, for: .water, by: client, over: channel)
        }
        #expect(throws: HostError(.noSession, "")) {
            try host.order(.refund, amount, for: .gas, by: client, over: channel, expecting: PartyID.none)
        }
        #expect(try records.transactions(of: card.eid).count == 1)
        let refunded = try host.order(.refund, amount, for: .gas, in: TestCard.euro, by: client, over: channel)
        #expect(refunded.state == .done)
        #expect(try records.transactions(of: card.eid).map(\.kind) == [.storeCredit, .refund])
    }

    @Test func `a host is opened with its keys if it has them, and the passphrase is asked for only then`() throws {
        let folder = HostFolder(files.path + "/opened")
        try folder.prepare()
        var asked: [String] = []
        func open(needsKeys: Bool) throws -> HostContext {
            try HostContext.open(folder, needsKeys: needsKeys) { file in
                asked.append(file)
                return Secret(copying: Array("long enough".utf8))
            } records: { place, _ in
                #expect(place == .file(folder.records))
                return try RecordFile.openOrCreate(at: folder.records, auditKey: nil)
            }
        }
        #expect(throws: HostError(.noKeys, "")) { try open(needsKeys: true) }
        #expect(throws: HostError(.noKeys, "")) { try open(needsKeys: false).pid }
        #expect(asked.isEmpty)
        try folder.keyFile.create(
            keys, passphrase: Secret(copying: Array("long enough".utf8)),
            cost: try #require(ScryptCost(logN: 1, r: 1, p: 1)))
        #expect(try open(needsKeys: false).pid == keys.pid)
        #expect(asked == [folder.sealedKeys])
    }

    @Test func `a purse is bound anew only where that is confirmed`() throws {
        struct No: Error {}
        let card = try issued(1)
        let workplace = try host.workplace(over: card.channel)
        let other = PartyID(issuer: 0xA1B2C3, kind: .gasMeter, number: 0x79)
        let plan = PursePlan(service: .gas, currency: TestCard.euro, limit: Amount(rawValue: 5_000_000), meter: other)
        #expect(throws: No.self) {
            try workplace.bind(plan) { eid, meter in
                #expect(eid == card.eid)
                #expect(meter == Self.gas.meter)
                throw No()
            }
        }
        #expect(try host.purses(of: card.eid).map(\.meter) == [Self.gas.meter])
        var isAsked = false
        let bound = try workplace.bind(plan) { _, _ in isAsked = true }
        #expect(isAsked)
        #expect(bound.eid == card.eid)
        #expect(bound.purse.version == 1)
        #expect(try PublicPurse.read(.gas, over: card.channel)?.meter == other)
        // It is in the record file, but not in the journal.
        #expect(try host.purses(of: card.eid) == [bound.purse])
    }

    @Test func `while a card is issued the host may be asked, on any thread`() throws {
        let card = try blank(1)
        let plan = try IssuePlan(eid: card.eid, held: try host.masterKeys(), purses: [Self.gas])
        let other = DispatchQueue(label: "another thread")
        var known: [[PursePlan]] = []
        _ = try host.workplace(over: card.channel).issue(plan) { step in
            guard case .sessionOpened(.transport) = step else { return }
            do {
                known.append(try host.purses(of: card.eid))
                known.append(try other.sync { try host.purses(of: card.eid) })
            } catch {
                Issue.record("\(error)")
            }
        }
        #expect(known == [[], []])
        #expect(try host.purses(of: card.eid).map(\.service) == [.gas])
    }

    @Test func `a journal in a file, as hosts had it, is taken into the records once`() throws {
        let path = host.folder.path + "/issue.journal"
        let (eid, other) = (try blank(1).eid, try blank(2).eid)
        let plan = try IssuePlan(eid: eid, held: try host.masterKeys(), purses: [Self.gas])
        let entries: [JournalEntry] = [
            JournalEntry(eid, .begun(plan), at: Timestamp(rawValue: 5)),
            JournalEntry(other, .blocked, at: Timestamp(rawValue: 6)),
            JournalEntry(eid, .issued, at: Timestamp(rawValue: 7)),
        ]
        func write() throws {
            let file = try FileJournal(path: path)
            for entry in entries { try file.append(entry) }
        }
        try write()
        let copy = try Data(contentsOf: URL(filePath: path))
        #expect(try host.purses(of: eid).map(\.meter) == [Self.gas.meter])
        #expect(try records.issueHistory(of: eid) == [entries[0], entries[2]])
        #expect(try records.issueHistory(of: other) == [entries[1]])
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(try Data(contentsOf: URL(filePath: path + ".moved")) == copy)
        // The program ended before the file was put aside.
        try copy.write(to: URL(filePath: path))
        let mark = try records.auditMark()
        _ = try host.openJournal()
        #expect(try records.auditMark() == mark)
        #expect(!FileManager.default.fileExists(atPath: path))
        // Somebody has it open: nothing is done meanwhile.
        try copy.write(to: URL(filePath: path))
        let held = try FileJournal(path: path)
        #expect(throws: JournalError(.inUse, "")) { try host.openJournal() }
        #expect(held.elements == [eid, other])
        try records.verify()
    }

    /// SELECT, GET DATA; SELECT, INITIALIZE, BIND, SELECT.
    @Test(arguments: FaultyChannel.everyFault(exchanges: 6))
    func `a binding that is cut off is known, and the same again settles it`(fault: FaultyChannel.Fault) throws {
        let card = try issued(1)
        let other = PartyID(issuer: 0xA1B2C3, kind: .gasMeter, number: 0x79)
        let plan = PursePlan(service: .gas, currency: TestCard.euro, limit: Amount(rawValue: 5_000_000), meter: other)
        let faulty = FaultyChannel(card.channel, fault: fault, staysDown: true)
        #expect(throws: (any Error).self, "\(fault)") {
            try host.workplace(over: faulty).bind(plan) { _, _ in }
        }
        try card.channel.reset()
        // Whatever meter the card is bound to now, the host knows it.
        let shown = try #require(try PublicPurse.read(.gas, over: selected(card.channel))?.meter)
        let known = try host.purses(of: card.eid).map(\.meter)
        #expect(shown == Self.gas.meter || known == [shown], "\(fault)")
        let bound = try host.workplace(over: card.channel).bind(plan) { _, _ in }
        #expect(try PublicPurse.read(.gas, over: selected(card.channel))?.meter == other)
        #expect(try host.purses(of: card.eid) == [bound.purse])
        #expect(try records.purses(of: card.eid).map(\.meter) == [other])
        let element = try ElementInfo.select(over: card.channel)
        #expect(try host.rotationPlan(of: element, masterKeys: try host.masterKeys())?.rebinds ?? [] == [])
        try records.verify()
    }

    private func selected(_ channel: InProcessChannel) throws -> InProcessChannel {
        _ = try ElementInfo.select(over: channel)
        return channel
    }

    @Test func `a binding that was answered but not recorded is recorded when it is asked for`() throws {
        let card = try issued(1)
        let purse = PursePlan(
            service: .gas, currency: TestCard.euro, limit: Amount(rawValue: 5_000_000),
            meter: PartyID(issuer: 0xA1B2C3, kind: .gasMeter, number: 0x79), version: 1)
        // The program ends between the desk's answer and the record.
        func answer() throws {
            let desk = IssuingDesk(
                authority: try host.authority(), journal: try host.openJournal(), clock: { Timestamp(rawValue: 5) })
            _ = try desk.rotate(RotationPlan(eid: card.eid, keys: [], rebinds: [purse]), over: card.channel)
        }
        try answer()
        #expect(try records.purses(of: card.eid).map(\.meter) != [purse.meter])
        #expect(try host.purses(of: card.eid) == [purse])
        #expect(try records.purses(of: card.eid) == [purse.bind])
        try records.verify()
    }

    @Test func `a blocked card is taken back, a lost one replaced with its value`() throws {
        let old = try issued(1)
        let workplace = try host.workplace(over: old.channel)
        _ = try workplace.elementClient.storeCredit(
            Amount(rawValue: 7_000_000), for: .gas, in: TestCard.euro, over: old.channel)
        #expect(try workplace.block(because: "found") == old.eid)
        #expect(try host.records.element(old.eid)?.status == .blocked)
        #expect(try workplace.unblock(because: "is the owner's") == old.eid)
        #expect(try host.records.element(old.eid)?.status == .inUse)

        let new = try blank(2)
        let masterKeys = try host.masterKeys()
        #expect(throws: WorkplaceError(.inUse, "")) {
            try host.replacementPlan(of: old.eid, by: new.eid, masterKeys: masterKeys)
        }
        try host.reportLost(old.eid, because: "lost on the way")
        let plan = try host.replacementPlan(of: old.eid, by: new.eid, masterKeys: masterKeys)
        #expect(plan.purses.map(\.meter) == [Self.gas.meter])
        let results = try host.workplace(over: new.channel).replace(old.eid, by: plan)
        #expect(results.map(\.state) == [.done])
        #expect(try PublicPurse.read(.gas, over: new.channel)?.balance == Amount(rawValue: 7_000_000))
        let error = try #require(throws: WorkplaceError.self) { try workplace.unblock(because: "found again") }
        #expect(error.code == .replaced)
        #expect(error.subject.contains("\(new.eid)"))
        try records.verify()
    }

    @Test func `a card that this desk did not issue is not replaced`() throws {
        let eid = PartyID(issuer: 0xA1B2C3, kind: .subscriberCard, number: 9)
        try host.reportLost(eid, because: "lost")
        #expect(throws: WorkplaceError(.notIssuedHere, "")) {
            try host.replacementPlan(of: eid, by: PartyID(issuer: 1, kind: .subscriberCard, number: 2), masterKeys: [])
        }
    }

    @Test func `an element gets the newest keys once`() throws {
        let card = try blank(1)
        let old = try host.masterKeys().filter { $0.name.version == 1 }
        let plan = try IssuePlan(eid: card.eid, held: old, purses: [Self.gas])
        let workplace = try host.workplace(over: card.channel)
        _ = try workplace.issue(plan)
        let element = try ElementInfo.select(over: card.channel)
        let rotation = try #require(try host.rotationPlan(of: element, masterKeys: try host.masterKeys()))
        #expect(rotation.keys.map(\.name) == [KeyName(.usage, 2)])
        #expect(rotation.rebinds.isEmpty)
        #expect(try workplace.rotate(rotation).contains(KeyName(.usage, 2)))
        let rotated = try ElementInfo.select(over: card.channel)
        #expect(try host.rotationPlan(of: rotated, masterKeys: try host.masterKeys()) == nil)
    }

    /// Whatever message of a rotation is lost, a repetition finishes it: the old key opens no session then.
    @Test(arguments: FaultyChannel.Message.allCases)
    func `a rotation that is interrupted is finished by repeating it`(_ message: FaultyChannel.Message) throws {
        let old = try host.masterKeys().filter { $0.name.version == 1 }
        let newest = KeyName(.usage, 2)
        for at in 0... {
            let card = try blank(UInt32(at + 1))
            _ = try host.workplace(over: card.channel).issue(
                try IssuePlan(eid: card.eid, held: old, purses: [Self.gas]))
            let lossy = FaultyChannel(card.channel, plan: FaultPlan(.loses(message, of: at)), code: .cardRemoved)
            func rotateOnce(over channel: any CardChannel) throws {
                let element = try ElementInfo.select(over: channel)
                guard let plan = try host.rotationPlan(of: element, masterKeys: try host.masterKeys()) else {
                    return try host.workplace(over: channel).proveNewestKeys()
                }
                _ = try host.workplace(over: channel).rotate(plan)
            }
            do { try rotateOnce(over: lossy) } catch { #expect(lossy.hasDropped, "\(error)") }
            try card.channel.reset()
            try rotateOnce(over: card.channel)
            let element = try ElementInfo.select(over: card.channel)
            #expect(element.keys.filter { $0.purpose == .usage } == [newest], "\(message) \(at)")
            #expect(try host.rotationPlan(of: element, masterKeys: try host.masterKeys()) == nil)
            let opened = try card.channel.transmit(
                CommandAPDU(cla: 0x80, ins: 0x50, p1: 0x03, p2: 0x01, data: [UInt8](repeating: 0, count: 24)))
            #expect(opened.status == .referencedDataNotFound)
            guard lossy.hasDropped else { break }
        }
    }

    /// A card that only claims to hold the newest keys does not have them.
    @Test func `that the keys are the newest is proven`() throws {
        let card = try blank(1)
        let old = try host.masterKeys().filter { $0.name.version == 1 }
        _ = try host.workplace(over: card.channel).issue(
            try IssuePlan(eid: card.eid, held: old, purses: [Self.gas]))
        #expect(throws: IssueError(.session, "")) { try host.workplace(over: card.channel).proveNewestKeys() }
    }

    @Test func `only an issue that is unfinished is given up`() throws {
        let card = try issued(1)
        #expect(throws: IssueError(.nothingUnfinished, "")) { try host.abandonIssue(of: card.eid) }
        let begun = PartyID(issuer: 0xA1B2C3, kind: .subscriberCard, number: 5)
        let plan = try IssuePlan(eid: begun, held: try host.masterKeys(), purses: [Self.gas])
        try host.openJournal().append(JournalEntry(begun, .begun(plan), at: Timestamp(rawValue: 1)))
        try host.abandonIssue(of: begun)
        #expect(throws: IssueError(.nothingUnfinished, "")) { try host.abandonIssue(of: begun) }
    }

    @Test func `the history of a card is what its last contact brought`() throws {
        let card = try issued(1)
        let workplace = try host.workplace(over: card.channel)
        let unknown = PartyID(issuer: 1, kind: .subscriberCard, number: 1)
        #expect(throws: WorkplaceError(.unknownElement, "")) { try CardHistory(of: unknown, in: host.records) }
        _ = try workplace.elementClient.storeCredit(
            Amount(rawValue: 3_000_000), for: .gas, in: TestCard.euro, over: card.channel)
        let contact = try workplace.updateRecords()
        #expect(contact.eid == card.eid)
        #expect(contact.recovered.isEmpty)
        #expect(contact.meterStatus.isEmpty)
        let history = try CardHistory(of: card.eid, in: host.records)
        #expect(history.status == .inUse)
        #expect(history.transactions.map(\.state) == [.done])
        #expect(history.balances.map(\.amount) == [Amount(rawValue: 3_000_000)])
        #expect(try host.currency(of: .gas, on: card.eid) == TestCard.euro)
        #expect(try host.currency(of: .water, on: card.eid) == nil)
    }
}

/// Counts the SELECTs that pass through it.
private final class SelectCounter: CardChannel {
    private let channel: any CardChannel
    private(set) var selects = 0

    init(_ channel: any CardChannel) { self.channel = channel }

    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        if command.ins == 0xA4 { selects += 1 }
        return try channel.transmit(command)
    }
}
