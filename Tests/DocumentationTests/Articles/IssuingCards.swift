import HeadEnd
import ISO7816
import Issuing
import Meter
import RecordsSQLite
import Testing
import ValueProtocol

extension ValueArticles {
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
}
