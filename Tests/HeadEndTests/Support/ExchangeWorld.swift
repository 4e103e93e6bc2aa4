import CardCrypto
import HeadEnd
import ISO7816
import Ledger
import Meter
import Records
import RecordsSQLite
import TestSupport
import TestWorlds
import Testing
import ValueElement
import ValueProtocol

/// A host and electric meters that it has issued, at a price of 1.00 a kWh; the host's clock goes with the meters'.
final class ExchangeWorld {
    static let first = PartyID(issuer: 0xA1B2C3, kind: .electricMeter, number: 0x77)
    static let second = PartyID(issuer: 0xA1B2C3, kind: .electricMeter, number: 0x78)
    static let limit = Amount(rawValue: 1_000_000_000)
    static let purse = PurseID(first, .electricity)

    let host: HostContext
    let records: RecordFile
    private let keys: HostKeys
    private let files: TemporaryFolder
    private let clock: Clock

    private final class Clock: @unchecked Sendable {
        nonisolated(unsafe) var seconds = TestElectricMeter.monday
    }

    init() throws {
        files = try TemporaryFolder(isInMemory: true)
        let folder = HostFolder(files.path + "/host")
        try folder.prepare()
        keys = try testKeys()
        let own = try testKeys()
        records = try RecordFile.openOrCreate(at: folder.records, auditKey: own.auditKey)
        let clock = Clock()
        self.clock = clock
        host = HostContext(folder, records: records, keys: own) { Timestamp(rawValue: clock.seconds) }
    }

    var now: Timestamp { Timestamp(rawValue: clock.seconds) }

    /// A meter, issued and on record.
    func meter(_ eid: PartyID = first, emergency: UInt64 = 0) throws -> IssuedMeter {
        let rules = CreditRules(token: Amount(rawValue: 500_000), emergency: Amount(rawValue: emergency))
        let meter = try TestElectricMeter(
            ElementImage(
                issued: eid, keys: try keys.storedKeys(of: eid),
                purses: [Purse(.electricity, limit: Self.limit.rawValue)]),
            ElectricConfiguration(price: Amount(rawValue: 1_000_000), rules: rules),
            transportKey: Secret(copying: [UInt8](repeating: 0, count: 16)), from: clock.seconds)
        try records.recordIssued(eid)
        try records.recordPurses(
            [Bind(service: .electricity, currency: .euro, limit: Self.limit, meter: .none, version: 0)], of: eid,
            at: now)
        return IssuedMeter(meter: meter, channel: try InProcessChannel(meter.meter))
    }

    struct IssuedMeter {
        let meter: TestElectricMeter
        let channel: InProcessChannel

        var reading: ElectricReading { meter.meter.reading }
        var value: UInt64 { reading.value.rawValue }
    }

    var client: ElementClient {
        get throws {
            ElementClient(records: records, authority: try host.authority(), clock: host.clock)
        }
    }

    @discardableResult
    func load(_ amount: UInt64, _ meter: IssuedMeter, over channel: (any CardChannel)? = nil) throws -> CreditResult {
        try client.storeCredit(
            Amount(rawValue: amount), for: .electricity, in: .euro, over: channel ?? meter.channel)
    }

    /// Lets time pass at every meter named; the first draws 1 kW while it has supply.
    func pass(minutes: Int, using meter: IssuedMeter, besides others: [IssuedMeter] = []) throws {
        try meter.meter.pass(minutes: minutes)
        clock.seconds += UInt32(minutes) * 60
        for other in others {
            other.meter.time += UInt32(minutes) * 60
            try other.meter.meter.tick()
        }
    }

    /// Lets days pass without use.
    func pass(days: UInt32, _ meters: [IssuedMeter]) throws {
        clock.seconds += days * 86_400
        for meter in meters {
            meter.meter.time += days * 86_400
            try meter.meter.meter.tick()
        }
    }

    func exchange(over channel: any CardChannel, carrying rule: CarryRule = .known) throws -> MeterExchange {
        try host.workplace(over: channel).exchange(by: Self.second, carrying: rule, because: "worn out")
    }

    /// What an account holds, in micro-units.
    func held(in account: Account) throws -> Int128 {
        try records.ledgerBalances().first { $0.account == account }?.amount ?? 0
    }

    /// The books hold with themselves and with the elements' words.
    func expectBooks(_ comment: Comment = "", location: SourceLocation = #_sourceLocation) throws {
        #expect(try records.violations().isEmpty, comment, sourceLocation: location)
        #expect(try records.differences().map { "\($0)" } == [], comment, sourceLocation: location)
        try records.verify()
    }
}

/// A meter of an earlier version: it does not know ACCOUNT.
final class WithoutAccount: CardChannel {
    private let channel: any CardChannel
    init(_ channel: any CardChannel) { self.channel = channel }

    func transmit(_ command: CommandAPDU) throws(CardError) -> ResponseAPDU {
        if command.bytes[1] == 0x52, command.bytes[2] == OperationCode.account.rawValue {
            return ResponseAPDU(status: .wrongParameters)
        }
        return try channel.transmit(command)
    }
}
