import CardCrypto
import CardIOTesting
import HeadEnd
import ISO7816
import Issuing
import Meter
import Records
import RecordsSQLite
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// Cards and off-line meters that are there when they are blocked: the replacement gets what they prove, and host, cards
/// and meters add up.
@Suite struct ReplacedAtHandTests {
    private let files: TemporaryFolder
    private let records: RecordFile
    private let host: HostContext
    private let keys: HostKeys
    private let suite: CipherSuite

    private static let meterID = PartyID(issuer: 0xA1B2C3, kind: .gasMeter, number: 0x78)
    private static let limit = Amount(rawValue: 500_000_000)

    init() throws {
        files = try TemporaryFolder(isInMemory: true)
        suite = try CipherSuite()
        keys = try Self.keys()
        let folder = HostFolder(files.path + "/host")
        try folder.prepare()
        let own = try Self.keys()
        records = try RecordFile.openOrCreate(at: folder.records, auditKey: own.auditKey)
        host = HostContext(folder, records: records, keys: own) { Timestamp(rawValue: 1000) }
    }

    private static func keys() throws -> sending HostKeys {
        let keys = try HostKeys(pid: PartyID(issuer: 0xA1B2C3, kind: .host, number: 7))
        keys.hold(Secret(copying: [UInt8](repeating: 0x40, count: 16)), as: .transport)
        for purpose in Purpose.allCases {
            keys.hold(Secret(copying: [UInt8](repeating: purpose.rawValue, count: 16)), as: KeyName(purpose, 1))
        }
        return keys
    }

    private func card(_ number: UInt32) throws -> InProcessChannel {
        let eid = PartyID(issuer: 0xA1B2C3, kind: .subscriberCard, number: number)
        let transport = try #require(keys.elementKey(.transport, of: eid, suite))
        return try InProcessChannel(try ValueCard(VolatileMemory(ValueCard.blank(eid, transportKey: transport))))
    }

    private func issue(_ channel: any CardChannel, boundTo meter: PartyID = .none) throws -> PartyID {
        let eid = try ElementInfo.select(over: channel).eid
        let purse = PursePlan(service: .gas, currency: TestCard.euro, limit: Self.limit, meter: meter)
        let plan = try IssuePlan(eid: eid, held: try host.masterKeys(), purses: [purse])
        _ = try host.workplace(over: channel).issue(plan)
        return eid
    }

    /// A gas meter that this host has issued.
    private func gasMeter(_ number: UInt32 = 0x78) throws -> (meter: OffLineMeter, channel: InProcessChannel) {
        let meter = try blankMeter(number)
        _ = try issue(meter.channel)
        return meter
    }

    private func blankMeter(_ number: UInt32) throws -> (meter: OffLineMeter, channel: InProcessChannel) {
        let eid = PartyID(issuer: 0xA1B2C3, kind: .gasMeter, number: number)
        let transport = try #require(keys.elementKey(.transport, of: eid, suite))
        let price = Amount(rawValue: 900_000)
        let memory = VolatileMemory(OffLineMeter.records(eid, transportKey: transport, price: price))
        let meter = try OffLineMeter(memory, parts: MeterParts(clock: AdjustableClock { 1_800_000_000 }))
        return (meter, try InProcessChannel(meter))
    }

    private func load(_ amount: UInt64, onto channel: any CardChannel) throws {
        let client = try host.workplace(over: channel).elementClient
        let result = try client.storeCredit(
            Amount(rawValue: amount), for: .gas, in: TestCard.euro, over: channel)
        #expect(result.state == .done)
    }

    private func held(by channel: any CardChannel) throws -> UInt64 {
        _ = try ElementInfo.select(over: channel)
        return try #require(try PublicPurse.read(.gas, over: channel)).balance.rawValue
    }

    private func replace(_ old: PartyID, by channel: any CardChannel) throws {
        let blank = try ElementInfo.select(over: channel).eid
        let plan = try host.replacementPlan(of: old, by: blank, masterKeys: try host.masterKeys())
        let results = try host.workplace(over: channel).replace(old, by: plan)
        #expect(results.map(\.state).filter { $0 != .done }.isEmpty)
    }

    /// 50.00 loaded, 20.00 redeemed where no host reaches: the new card gets 30.00.
    @Test(arguments: [0, 20_000_000, 50_000_000] as [UInt64])
    func `a card that is blocked at hand carries what it proves`(redeemed: UInt64) throws {
        let (meter, _) = try gasMeter()
        let old = try card(1)
        let eid = try issue(old, boundTo: Self.meterID)
        try load(50_000_000, onto: old)
        if redeemed > 0 { _ = try meter.redeem(from: old, Amount(rawValue: redeemed)) }
        #expect(try host.workplace(over: old).block(because: "worn out") == eid)
        let new = try card(2)
        try replace(eid, by: new)
        #expect(try held(by: new) == 50_000_000 - redeemed)
        #expect(meter.reading.purse?.balance == Amount(rawValue: redeemed))
        // Both cards at the meter: the old one is blocked, the new one draws the rest.
        #expect(throws: MeterError(.blockedCard, "")) { try meter.redeem(from: old) }
        if redeemed < 50_000_000 { _ = try meter.redeem(from: new) }
        #expect(meter.reading.purse?.balance == Amount(rawValue: 50_000_000))
        try records.verify()
    }

    /// A debit that the meter has not credited is not on the card any more, and the meter still gets it from there.
    @Test func `a debit on the way stays the meter's`() throws {
        let (meter, _) = try gasMeter()
        let old = try card(1)
        let eid = try issue(old, boundTo: Self.meterID)
        try load(50_000_000, onto: old)
        let lossy = FaultyChannel(old, plan: FaultPlan(.dropAnswer(4)), code: .cardRemoved)
        #expect(throws: MeterError(.interrupted, "")) {
            try meter.redeem(from: lossy, Amount(rawValue: 20_000_000))
        }
        _ = try host.workplace(over: old).block(because: "worn out")
        let new = try card(2)
        try replace(eid, by: new)
        #expect(try held(by: new) == 30_000_000)
        #expect(throws: MeterError(.blockedCard, "")) { try meter.redeem(from: old) }
        #expect(meter.reading.purse?.balance == Amount(rawValue: 20_000_000))
        _ = try meter.redeem(from: new)
        #expect(meter.reading.purse?.balance == Amount(rawValue: 50_000_000))
    }

    /// Each message of blocking is lost in turn: repeated, the records say what the card proves.
    @Test(arguments: FaultyChannel.Message.allCases)
    func `blocking that is interrupted is repeated`(_ message: FaultyChannel.Message) throws {
        let (meter, _) = try gasMeter()
        for at in 0... {
            let old = try card(UInt32(1 + 2 * at))
            let eid = try issue(old, boundTo: Self.meterID)
            try load(5_000_000, onto: old)
            _ = try meter.redeem(from: old, Amount(rawValue: 2_000_000))
            let lossy = FaultyChannel(old, plan: FaultPlan(.loses(message, of: at)), code: .cardRemoved)
            do {
                _ = try host.workplace(over: lossy).block(because: "worn out")
            } catch {
                #expect(try host.records.element(eid)?.status != .blocked, "\(at)")
                _ = try host.workplace(over: old).block(because: "worn out")
            }
            #expect(try host.records.element(eid)?.status == .blocked)
            let new = try card(UInt32(2 + 2 * at))
            try replace(eid, by: new)
            #expect(try held(by: new) == 3_000_000, "\(message) \(at)")
            guard lossy.hasDropped else { break }
        }
    }

    /// Value that a meter drew from cards is its own: its replacement gets it, whatever was ordered for it here.
    @Test func `an off-line meter's value is carried`() throws {
        let old = try gasMeter()
        let subscriber = try card(1)
        _ = try issue(subscriber, boundTo: Self.meterID)
        try load(80_000_000, onto: subscriber)
        _ = try old.meter.redeem(from: subscriber)
        _ = try old.meter.use(10_000)
        #expect(old.meter.reading.purse?.balance == Amount(rawValue: 71_000_000))
        #expect(try host.workplace(over: old.channel).block(because: "exchanged") == Self.meterID)
        let new = try blankMeter(0x79)
        try replace(Self.meterID, by: new.channel)
        #expect(new.meter.reading.purse?.balance == Amount(rawValue: 71_000_000))
        // Repeated, it is carried once.
        try replace(Self.meterID, by: new.channel)
        #expect(new.meter.reading.purse?.balance == Amount(rawValue: 71_000_000))
        #expect(old.meter.reading.state == .blocked)
        #expect(throws: MeterError(.blockedMeter, "")) { try old.meter.redeem(from: subscriber) }
        try records.verify()
    }
}
