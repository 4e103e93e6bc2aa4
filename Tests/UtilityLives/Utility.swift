import CardCrypto
import CardIOTesting
import Foundation
import HeadEnd
import ISO7816
import Issuing
import Ledger
import Meter
import Records
import RecordsSQLite
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A small utility: one host with records in a file, its journal, cards and gas meters, each over a memory whose power can
/// be cut, and every message between them one that can be lost.
final class Utility {
    static let issuer: UInt32 = 0x00A1_B2C3
    static let limit = Amount(rawValue: 500_000_000)

    /// A card and what the utility did with it.
    final class Card {
        let card: TestCard
        var eid: PartyID { card.eid }
        /// The meter that draws from it, by its order in `meters`.
        var slot: Int
        var fate = Fate.inUse

        init(_ card: TestCard, slot: Int) {
            self.card = card
            self.slot = slot
        }
    }

    enum Fate: Equatable {
        case inUse
        /// Blocked in the reader, or reported lost and somewhere.
        case blocked, lost
        /// Another has its value; a lost one may still be used at its meter.
        case replaced(wasLost: Bool)
    }

    private(set) var cards: [Card] = []
    private(set) var meters: [TestGasMeter] = []
    let losses = FaultPlan()
    private let files: TemporaryFolder
    private let keys: HostKeys
    private let suite: CipherSuite
    private(set) var host: HostContext
    private(set) var records: RecordFile
    private var cardCount: UInt32 = 0

    init(cards: Int, meters: Int) throws {
        files = try TemporaryFolder(isInMemory: true)
        suite = try CipherSuite()
        keys = Self.keys()
        (host, records) = try Self.open(files)
        for _ in 0..<meters { try addMeter() }
        for index in 0..<cards { try addCard(slot: index % meters) }
    }

    private static func keys() -> sending HostKeys {
        let keys = HostKeys(
            pid: PartyID(issuer: issuer, kind: .host, number: 7),
            auditKey: Secret(copying: [UInt8](repeating: 0x41, count: 32)))
        keys.hold(Secret(copying: [UInt8](repeating: 0x40, count: 16)), as: .transport)
        for purpose in Purpose.allCases {
            keys.hold(Secret(copying: [UInt8](repeating: purpose.rawValue, count: 16)), as: KeyName(purpose, 1))
        }
        return keys
    }

    private static func open(_ files: TemporaryFolder) throws -> (HostContext, RecordFile) {
        let folder = HostFolder(files.path + "/host")
        try folder.prepare()
        let keys = keys()
        let records = try RecordFile.openOrCreate(at: folder.records, auditKey: keys.auditKey)
        return (HostContext(folder, records: records, keys: keys) { Timestamp(rawValue: 1_767_225_600) }, records)
    }

    /// The host's program ends and begins anew.
    func restart() throws {
        try records.close()
        (host, records) = try Self.open(files)
    }

    /// Somebody with this host's keys sells on a card without its records.
    func sellElsewhere() throws {
        guard let card = cards.first(where: { $0.fate == .inUse }) else { return }
        let other = try RecordFile.inMemory()
        let client = ElementClient(records: other, authority: try keys.authority(register: other))
        _ = try client.acceptNumbers(over: card.card.channel)
        _ = try client.storeCredit(Amount(rawValue: 3_000_000), for: .gas, in: .euro, over: card.card.channel)
    }

    /// The file of the records is another one, or gone.
    func replaceRecords(by data: Data?) throws {
        try records.close()
        try FileManager.default.removeItem(atPath: recordFile)
        if let data { try data.write(to: URL(fileURLWithPath: recordFile)) }
        (host, records) = try Self.open(files)
    }

    var recordFile: String { HostFolder(files.path + "/host").records }

    // MARK: What comes

    /// A blank card, not yet issued.
    func blankCard() throws -> TestCard {
        cardCount += 1
        let eid = PartyID(issuer: Self.issuer, kind: .subscriberCard, number: cardCount)
        return try TestCard(blank: eid, transportKey: try #require(keys.elementKey(.transport, of: eid, suite)))
    }

    func addCard(slot: Int) throws {
        let card = Card(try blankCard(), slot: slot)
        let purse = PursePlan(
            service: .gas, currency: .euro, limit: Self.limit, meter: Self.meterID(slot))
        let plan = try IssuePlan(eid: card.eid, held: try host.masterKeys(), purses: [purse])
        _ = try host.workplace(over: card.card.channel).issue(plan)
        cards.append(card)
    }

    func add(_ card: Card) { cards.append(card) }

    func addMeter() throws {
        let eid = Self.meterID(meters.count)
        let transfer = KeyName(.transfer, 1)
        let key = try #require(keys.elementKey(transfer, of: eid, suite))
        meters.append(
            try TestGasMeter(
                ElementImage(
                    issued: eid, keys: [StoredKey(name: transfer, key: key)],
                    purses: [Purse(.gas, limit: UInt64(Int64.max))]),
                transportKey: key))
    }

    static func meterID(_ index: Int) -> PartyID {
        PartyID(issuer: issuer, kind: .gasMeter, number: UInt32(index + 1))
    }

    /// A quarter of an hour, by the meters' clocks.
    func passTime() {
        for meter in meters { meter.time.set(to: Timestamp(rawValue: meter.time.now.rawValue + 900)) }
    }

    // MARK: The way there

    func channel(to card: Card) -> any CardChannel { FaultyChannel(card.card.channel, plan: losses) }

    func workplace(at card: Card) throws -> ClerkWorkplace { try host.workplace(over: channel(to: card)) }

    /// Power comes back everywhere, and no message is lost.
    func restore() throws {
        losses.fault = .none
        for card in cards { try card.card.insertAgain() }
        for meter in meters { try meter.powerUp() }
    }

    // MARK: What there is

    /// What everybody's memories hold.
    func truth() throws -> Truth {
        var truth = Truth()
        let images = try meters.map { try $0.image }
        for card in cards {
            let image = try card.card.image
            truth.onCards[card.eid] = image.balance(of: .gas)
            for (index, meter) in images.enumerated() where card.slot == index {
                truth.onTheWay += image.onTheWay(to: meter)
            }
        }
        for (index, meter) in meters.enumerated() {
            let reading = try meter.stored
            truth.inMeters[Self.meterID(index)] = (reading.purse?.balance.rawValue ?? 0, reading.spent.rawValue)
        }
        return truth
    }

    struct Truth {
        var onCards: [PartyID: UInt64] = [:]
        /// Debited from a card and not yet credited by the meter of its slot.
        var onTheWay: UInt64 = 0
        var inMeters: [PartyID: (balance: UInt64, spent: UInt64)] = [:]

        var sum: UInt64 {
            onCards.values.reduce(0, +) + onTheWay + inMeters.values.reduce(0) { $0 + $1.balance + $1.spent }
        }
    }
}
