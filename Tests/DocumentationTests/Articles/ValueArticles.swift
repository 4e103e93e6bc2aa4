import CardCrypto
import HeadEnd
import ISO7816
import Issuing
import Meter
import Testing
import ValueElement
import ValueElementTesting
import ValueProtocol

/// The code of the articles on value, in the order in which value flows: a ceremony, a card and a meter issued, credit
/// sold, an answer lost, credit redeemed.
@Suite struct ValueArticles {
    static let issuer: UInt32 = 0x00A1_B2C3
    static let cardID = PartyID(issuer: issuer, kind: .subscriberCard, number: 0x01_1234)
    static let meterID = PartyID(issuer: issuer, kind: .gasMeter, number: 0x78)
    static let names = [
        KeyName.transport, KeyName(.credit, 1), KeyName(.usage, 1), KeyName(.admin, 1), KeyName(.transfer, 1),
    ]
    static func pin(_ digits: String) throws -> PIN { try PIN(Secret(copying: Array(digits.utf8))) }

    /// Holds the ceremony, and gives the host the same keys.
    func ceremony(_ masterReader: any CardChannel, _ keys: HostKeys) throws {
        let suite = try CipherSuite()
        let sheets = try Self.names.map { _ in [try KeyComponent.random(suite), try KeyComponent.random(suite)] }
        for (name, sheet) in zip(Self.names, sheets) {
            keys.hold(sheet[0].secret.combined(with: sheet[1].secret), as: name)
        }
        let pins = [try Self.pin("1234"), try Self.pin("567890")]
        func ask(_ step: CeremonyStep) throws -> CeremonyInput {
            switch step {
            case .firstPIN(let custodian): return .newPIN(pins[Int(custodian.rawValue) - 1], of: custodian)
            case .pin(let custodian): return .pin(pins[Int(custodian.rawValue) - 1], of: custodian)
            case .component(let request):
                let index = try #require(Self.names.firstIndex(of: request.key))
                return .component(sheets[index][Int(request.number) - 1], by: request.custodian)
            case .rules, .finished: return .rulesConfirmed
            }
        }
        let (names, firstCard) = (Self.names, Self.cardID)
        var kept: [String] = []
        var shown: [String] = []

        let custodians = Array(KeyCustodian.all.prefix(2))
        let plan = try CeremonyPlan(
            keys: names.map { CeremonyPlan.Key($0, custodians: custodians) }, firstPINs: custodians,
            rules: IssuingRules(first: firstCard, count: 500, operations: IssuingRules.issuing))
        var run = CeremonyRun(try KeyCeremony(plan), with: MasterKeyCard(masterReader)) { record in
            kept = record.lines
        }
        try run.selectCard()
        while run.ceremony.next != .finished {
            let event = try run.answer(try ask(run.ceremony.next))
            shown.append("\(event)")
        }

        #expect(!kept.isEmpty && shown.count > names.count)
        let resumed = try KeyCeremony(plan, resuming: try CeremonyRecord(lines: kept))
        #expect(resumed.record.rulesSet)
    }

    @Test func allTheWay() throws {
        let suite = try CipherSuite()
        let keys = try HostKeys(pid: PartyID(issuer: Self.issuer, kind: .host, number: 1))
        let masterID = PartyID(issuer: Self.issuer, kind: .masterKeyCard, number: 2)
        let masterReader = try InProcessChannel(ValueCard(VolatileMemory(ValueCard.blankMasterKeyCard(masterID))))
        try ceremony(masterReader, keys)

        let transport = try #require(keys.elementKey(.transport, of: Self.cardID, suite))
        let card = try ValueCard(VolatileMemory(ValueCard.blank(Self.cardID, transportKey: transport)))
        let cardReader = try InProcessChannel(card)
        let meter = try blankMeter(keys, suite)
        try issueMeter(meter, keys)
        try issueCard(cardReader, masterReader)
        try sell(cardReader, keys, meter)
    }

    func blankMeter(_ keys: HostKeys, _ suite: CipherSuite) throws -> OffLineMeter {
        let id = Self.meterID
        let transportKey = try #require(keys.elementKey(.transport, of: id, suite))
        let price = Amount(rawValue: 900_000)
        let valve = SimulatedValve()

        let memory = VolatileMemory(OffLineMeter.records(id, transportKey: transportKey, price: price))
        let clock = AdjustableClock { SystemClock.now().rawValue }
        let meter = try OffLineMeter(memory, name: "gas meter", parts: MeterParts(valve: valve, clock: clock))
        return meter
    }

    func issueMeter(_ meter: OffLineMeter, _ keys: HostKeys) throws {
        let records = try RecordFile.inMemory()
        let journal = MemoryJournal()
        let euro = Currency(rawValue: 978)
        let limit = try #require(Amount(units: 200))

        let desk = IssuingDesk(
            authority: try keys.authority(register: records), journal: journal, clock: SystemClock.now)
        let held = try keys.keys().map { KeyDescriptor($0.name, $0.checkValue) }
        let purse = PursePlan(service: .gas, currency: euro, limit: limit)
        let plan = try IssuePlan(eid: meter.id, held: held, purses: [purse])
        _ = try desk.issue(plan, over: try InProcessChannel(meter))
        #expect(meter.reading.state == .issued)
    }

    func issueCard(_ cardReader: any CardChannel, _ masterReader: any CardChannel) throws {
        let pin = try Self.pin("1234")
        let custodian = KeyCustodian.all[0]
        let journal = MemoryJournal()
        let euro = Currency(rawValue: 978)
        let gasMeter = Self.meterID
        let limit = try #require(Amount(units: 200))
        var shown: [String] = []
        func show(_ text: Any) { shown.append("\(text)") }

        let masterKeys = MasterKeyCard(masterReader)
        try masterKeys.select()
        try masterKeys.verify(pin, of: custodian)
        let desk = IssuingDesk(
            authority: MasterKeyCardAuthority(masterKeys), journal: journal, clock: SystemClock.now)

        let blank = try desk.inspect(over: cardReader)
        let purse = PursePlan(service: .gas, currency: euro, limit: limit, meter: gasMeter)
        let plan = try IssuePlan(eid: blank.eid, held: try masterKeys.heldKeys().keys, purses: [purse])
        show(plan)
        let receipt = try desk.issue(plan, over: cardReader) { step in show(step) }

        #expect(!receipt.wasResumed && shown.count > 4)
    }

    func sell(_ reader: InProcessChannel, _ keys: HostKeys, _ meter: OffLineMeter) throws {
        let records = try RecordFile.inMemory(auditKey: keys.auditKey)
        let euro = Currency(rawValue: 978)
        let amount = try #require(Amount(units: 20))
        let channel = LosesOneAnswer(reader)

        let desk = CreditDesk(records: records, authority: try keys.authority(register: records))
        do throws(HostError) {
            let result = try desk.storeCredit(amount, for: .gas, in: euro, over: channel, reference: "order 118")
            print(result.outcome)
        } catch {
            guard error.code == .inDoubt else { throw error }
            print(error)
        }
        try reader.reset()
        let result = try desk.storeCredit(amount, for: .gas, in: euro, over: channel, reference: "order 118")
        for earlier in result.recovered { print("found out:", earlier) }

        guard case .done(let transaction) = result.outcome else { throw ArticleError() }
        #expect(channel.hasLost && transaction.balance == amount)
        #expect(try desk.balance(of: .gas, over: reader).amount == amount)
        try redeem(meter, reader)
    }

    func redeem(_ meter: OffLineMeter, _ slot: InProcessChannel) throws {
        let redemption = try meter.redeem(from: slot)
        print("drawn \(redemption.drawn), on the card \(redemption.cardBalance), here \(redemption.meterBalance)")
        let litres = try meter.use(30_000)
        print(litres, "litres flowed:", meter.reading.display)

        #expect(litres == 22_222 && !meter.reading.isValveOpen)
    }
}

struct ArticleError: Error {}

/// Loses the first answer to STORE CREDIT.
final class LosesOneAnswer: CardChannel {
    private let base: any CardChannel
    private(set) var hasLost = false
    init(_ base: any CardChannel) { self.base = base }
    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        let response = try base.transmit(command)
        guard !hasLost, command.ins == 0x52, command.p1 == OperationCode.storeCredit.rawValue else { return response }
        hasLost = true
        throw CardError(.cardRemoved, subject: "reader")
    }
}
